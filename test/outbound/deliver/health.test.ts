import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../../lambdas/domain/attempt-outcome.ts';
import { millis, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import {
  findingOf,
  healthOf,
  retryAfterOf,
  throttlePause,
} from '../../../lambdas/outbound/deliver/endpoint-health.ts';

const quick = millis(100);
const refused = (status: number, retryAfter?: number): AttemptOutcome => ({
  kind: 'refused',
  status,
  retryAfter: retryAfter === undefined ? undefined : seconds(retryAfter),
});

describe('the health of an endpoint', () => {
  it('the health of an endpoint is up when it accepts within five seconds, and slow after that', () => {
    const accepted: AttemptOutcome = { kind: 'accepted', status: 204 };

    expect(healthOf(accepted, millis(5_000))).toBe('up');
    expect(healthOf(accepted, millis(5_001))).toBe('slow');
  });

  it.each<[string, AttemptOutcome]>([
    ['410', { kind: 'gone', status: 410 }],
    ['400', refused(400)],
    ['499', refused(499)],
    ['429 with Retry-After', refused(429, 1)],
    ['429 without Retry-After', refused(429)],
  ])('the health of an endpoint that answers %s is refusing: it works', (_answer, outcome) => {
    expect(healthOf(outcome, quick)).toBe('refusing');
  });

  it.each<[string, AttemptOutcome]>([
    ['500', refused(500)],
    ['503 with Retry-After', refused(503, 60)],
    ['nothing', { kind: 'unreachable', cause: 'timeout', error: 'no answer' }],
    ['at an address that is not allowed', { kind: 'blocked', isLiteral: true, error: 'private' }],
  ])('the health of an endpoint that answers %s is down', (_answer, outcome) => {
    expect(healthOf(outcome, quick)).toBe('down');
  });
});

describe('Retry-After', () => {
  it('Retry-After counts with 429 and 503, for six hours at most', () => {
    expect(retryAfterOf(refused(429, 60))).toBe(60);
    expect(retryAfterOf(refused(503, 100_000))).toBe(21_600);
  });

  it('Retry-After does not count with another status, without a time, or with none left', () => {
    expect([refused(500, 60), refused(502, 60), refused(429), refused(503, 0)].map(retryAfterOf)).toEqual(
      Array.from({ length: 4 }),
    );
    expect(retryAfterOf({ kind: 'accepted', status: 200 })).toBeUndefined();
    expect(retryAfterOf({ kind: 'gone', status: 410 })).toBeUndefined();
  });
});

describe('a 429', () => {
  it('a 429 without Retry-After holds the endpoint for a second at first', () => {
    expect(findingOf(refused(429), quick)).toMatchObject({ retryAfter: 1, isThrottled: true });
    expect(findingOf(refused(429, 0), quick)).toMatchObject({ retryAfter: 1, isThrottled: true });
    expect(findingOf(refused(429, 7), quick)).toMatchObject({ retryAfter: 7, isThrottled: false });
    expect(findingOf(refused(503), quick)).toMatchObject({ retryAfter: undefined, isThrottled: false });
  });

  it('a 429 after others holds the endpoint for as long as it has failed, up to a minute', () => {
    const failing = (span: number) =>
      throttlePause({ slots: {}, failures: 0, probes: 0, failingSince: unixMillis(0) }, unixMillis(span));

    expect([0, 900, 2_000, 2_001, 59_000, 900_000].map(failing)).toEqual([1, 1, 2, 3, 59, 60]);
    expect(throttlePause({ slots: {}, failures: 0, probes: 0 }, unixMillis(9))).toBe(1);
  });
});

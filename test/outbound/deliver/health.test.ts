import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../../lambdas/domain/attempt-outcome.ts';
import { millis, seconds } from '../../../lambdas/domain/time.ts';
import { healthOf, retryAfterOf } from '../../../lambdas/outbound/deliver/acquire-slot.ts';

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
  ])('the health of an endpoint that answers %s is refusing: it works', (_answer, outcome) => {
    expect(healthOf(outcome, quick)).toBe('refusing');
  });

  it.each<[string, AttemptOutcome]>([
    ['500', refused(500)],
    ['503 with Retry-After', refused(503, 60)],
    ['429 without Retry-After', refused(429)],
    ['429 with a Retry-After of nothing', refused(429, 0)],
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

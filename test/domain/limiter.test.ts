import { expect, it } from 'vitest';
import {
  breakerPause,
  decide,
  hasFailedTooLong,
  opensBreaker,
  waitsForEndpoint,
} from '../../lambdas/domain/limiter.ts';
import { days, later, seconds, unixMillis } from '../../lambdas/domain/time.ts';

const failingSince = unixMillis(Date.UTC(2026, 10, 25, 12));
const limits = { concurrent: 10, breakAfter: 5, disableAfter: days(5) };
const failedAfter = (span: number) => ({
  slots: {},
  failures: 9,
  probes: 0,
  failingSince,
  failedAt: later(failingSince, seconds(span)),
});

it('an endpoint has failed for too long when its last failure is five days after its first', () => {
  expect(hasFailedTooLong(failedAfter(5 * 86_400 - 1), limits)).toBe(false);
  expect(hasFailedTooLong(failedAfter(5 * 86_400), limits)).toBe(true);
  expect(hasFailedTooLong({ slots: {}, failures: 0, probes: 0 }, limits)).toBe(false);
});

it('a breaker opens after failures in a row, once, and again after each failed probe', () => {
  const state = { slots: {}, probes: 0 };

  expect(opensBreaker({ ...state, failures: 4 }, limits, false)).toBe(false);
  expect(opensBreaker({ ...state, failures: 5 }, limits, false)).toBe(true);
  expect(opensBreaker({ ...state, failures: 6, openUntil: failingSince }, limits, false)).toBe(false);
  expect(opensBreaker({ ...state, failures: 6, openUntil: failingSince }, limits, true)).toBe(true);
  expect([0, 1, 2, 3, 4, 5, 9].map(breakerPause)).toEqual([30, 60, 120, 240, 480, 900, 900]);
});

it('a probe goes when its breaker and Retry-After are over, and everything else waits until then', () => {
  const open = { slots: {}, failures: 5, probes: 0, openUntil: failingSince };
  const soon = later(failingSince, seconds(60));

  expect(decide(open, limits, failingSince)).toEqual({ kind: 'probe', openUntil: failingSince });
  expect(decide({ ...open, retryAfter: soon }, limits, failingSince)).toEqual({
    kind: 'wait',
    wait: { why: 'breaker', until: soon },
  });
  expect(decide({ ...open, openUntil: soon }, limits, failingSince)).toMatchObject({ kind: 'wait' });
});

it('a wait for the breaker or Retry-After is one for the endpoint; a wait for a slot or the rate is not', () => {
  const reasons = ['rate', 'concurrency', 'breaker', 'retry-after'] as const;

  expect(reasons.filter((why) => waitsForEndpoint({ why }))).toEqual(['breaker', 'retry-after']);
});

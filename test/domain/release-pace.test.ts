import { expect, it } from 'vitest';
import { releasePace } from '../../lambdas/domain/release-pace.ts';
import { millis, unixMillis } from '../../lambdas/domain/time.ts';

it.each([
  ['without limits', {}, {}, Number.POSITIVE_INFINITY],
  ['with a rate', { maxPerSecond: 10 }, {}, 600],
  ['with slots, before its first response', { maxConcurrent: 5 }, {}, 300],
  ['with slots, if it is quick', { maxConcurrent: 5 }, { answerMs: millis(20) }, 15_000],
  ['with slots, if it is slow', { maxConcurrent: 5 }, { answerMs: millis(5_000) }, 60],
  ['with both', { maxConcurrent: 5, maxPerSecond: 2 }, { answerMs: millis(20) }, 120],
  ['with a very low rate', { maxPerSecond: 0.01 }, {}, 50],
  ['that is down', {}, { openUntil: unixMillis(1) }, 50],
])('an endpoint %s gets what it can take in a minute', (_what, limits, state, pace) => {
  expect(releasePace(limits, state)).toBe(pace);
});

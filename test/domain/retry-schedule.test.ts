import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomeOfResponse } from '../../lambdas/domain/attempt-outcome.ts';
import { nextStep } from '../../lambdas/domain/delivery.ts';
import {
  deliveryLifetime,
  dueAfterCreation,
  dueAfterSweep,
  dueForRetry,
  maxQueueDelay,
  maxRetryAfter,
  retryDelay,
} from '../../lambdas/domain/retry-schedule.ts';
import { later, millis, seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { outboundSettings } from '../support/fixtures/outbound.ts';

const now = unixMillis(Date.UTC(2026, 10, 23, 12));
const delays = fc.array(fc.integer({ min: 0, max: 86_400 }).map(seconds), { maxLength: 50 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const retryAfters = fc.option(fc.integer({ min: 0, max: maxRetryAfter }).map(seconds), { nil: undefined });

describe('the retry schedule', () => {
  it('the retry schedule always ends, after as many attempts as it has delays and one more', () => {
    fc.assert(
      fc.property(delays, fc.infiniteStream(random), retryAfters, (retryDelays, randoms, retryAfter) => {
        const policy = { retryDelays, retryOtherStatuses: false };
        let attempt = 1;
        while (nextStep(outcomeOfResponse(503, retryAfter), attempt, policy, next(randoms)).kind === 'retry')
          attempt++;
        expect(attempt).toBe(retryDelays.length + 1);
      }),
    );
  });

  it('the retry schedule is never shorter than requested, and never longer than requested or than the jitter allows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 86_400 }),
        retryAfters,
        random,
        (scheduled, retryAfter, chance) => {
          const delay = retryDelay(seconds(scheduled), retryAfter, chance);
          expect(Number.isInteger(delay)).toBe(true);
          expect(delay).toBeGreaterThanOrEqual(Math.max(scheduled * 0.8, retryAfter ?? 0) - 1e-6);
          expect(delay).toBeLessThanOrEqual(Math.max(Math.ceil(scheduled * 1.2 + 1e-6), retryAfter ?? 0));
        },
      ),
    );
  });

  it('the retry schedule is over before its deadline, with any jitter, Retry-After and slow responses', () => {
    fc.assert(
      fc.property(delays, retryAfters, (retryDelays, retryAfter) => {
        const attempts = (retryDelays.length + 1) * 31;
        const waits = retryDelays.reduce((sum, delay) => sum + retryDelay(delay, retryAfter, 1), 0);
        expect(attempts + waits).toBeLessThanOrEqual(
          deliveryLifetime({ ...outboundSettings, retryDelays, attemptTimeout: millis(30_000) }) / 1000,
        );
      }),
    );
  });

  it('the retry schedule has the sweep act after the task of a short delay, and in time before a long one', () => {
    const short = later(now, maxQueueDelay);
    expect(dueForRetry(short, maxQueueDelay) - short).toBe(120_000);
    const long = later(now, seconds(901));
    expect(long - dueForRetry(long, seconds(901))).toBe(300_000);
    expect(dueForRetry(long, seconds(901))).toBeGreaterThan(now);
  });
});

it('a new delivery is due for the sweep after five minutes', () => {
  expect(dueAfterCreation(now)).toBe(later(now, seconds(300)));
});

it('a delivery that the sweep has sent is due again after 15 minutes, after twice that, and then every hour', () => {
  const pauses = [0, 1, 2, 3, 60].map((sweeps) => (dueAfterSweep(sweeps, now) - now) / 60_000);

  expect(pauses).toEqual([15, 30, 60, 60, 60]);
});

it('a round lasts for its delays with the longest jitter, and for every attempt with the longest Retry-After, and an hour', () => {
  const schedule = { retryDelays: [seconds(10), seconds(100)], attemptTimeout: millis(30_000) };

  expect(deliveryLifetime(schedule)).toBe((132 + 3 * (30 + maxRetryAfter) + 3600) * 1000);
});

const next = (numbers: fc.Stream<number>): number => numbers.next().value ?? 0;

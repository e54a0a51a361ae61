import { describe, expect, it } from 'vitest';
import type { PendingDelivery } from '../../../lambdas/domain/delivery-record.ts';
import { maxQueueDelay } from '../../../lambdas/domain/retry-schedule.ts';
import { later, seconds } from '../../../lambdas/domain/time.ts';
import {
  deadlineForSlot,
  isNearDeadline,
  pastDeadline,
  renewedDeadline,
} from '../../../lambdas/outbound/deliver/past-deadline.ts';
import { newDelivery } from '../../adapters/dynamodb/deliveries-fixture.ts';

const fresh = newDelivery();
const { deadline, lifetime } = fresh;
const earlier = (span: number) => later(deadline, seconds(-span));
const afterwards = (span: number) => later(deadline, seconds(span));

/** Its endpoint asked for patience: the next attempt fell due at the deadline. */
const waited: PendingDelivery = {
  ...fresh,
  attempts: 1,
  nextAttemptAt: earlier(10),
  lastError: 'responded 503',
};

describe('a delivery past its deadline', () => {
  it('a delivery past its deadline ends through its endpoint’s fault if its next attempt was due about the deadline', () => {
    expect(pastDeadline(waited)).toEqual({
      cause: 'deadline',
      reason: 'past its deadline before attempt 2; last: responded 503',
    });
    expect(renewedDeadline(waited, afterwards(1))).toBeUndefined();
  });

  it('a delivery past its deadline ends through our fault if something of ours kept it from that attempt', () => {
    expect(pastDeadline({ ...waited, cause: 'unready' })).toMatchObject({ cause: 'unready' });
  });

  it.each<[string, PendingDelivery]>([
    ['a worker died of its attempt', { ...waited, crashes: 1 }],
    ['it never came to its first attempt', fresh],
    [
      'its attempt was due well before',
      { ...waited, nextAttemptAt: later(deadline, seconds(-maxQueueDelay - 1)) },
    ],
  ])('a delivery past its deadline is still tried, with a new deadline, if %s', (_why, delivery) => {
    expect(pastDeadline(delivery)).toBeUndefined();
    expect(renewedDeadline(delivery, afterwards(5))).toBe(afterwards(5) + lifetime);
    expect(renewedDeadline(delivery, earlier(5))).toBeUndefined();
  });
});

describe('the deadline of a delivery that is deferred near its deadline', () => {
  const until = afterwards(600);
  const times = { now: earlier(60), until, isForEndpoint: false };

  it('the deadline of a delivery that is deferred near it is an hour after its slot', () => {
    expect(deadlineForSlot(waited, times)).toBe(later(until, seconds(3_600)));
  });

  it('the deadline of a delivery that waits for its endpoint, or for something of ours, moves as usual', () => {
    expect(deadlineForSlot(waited, { ...times, isForEndpoint: true })).toBeUndefined();
    expect(deadlineForSlot({ ...waited, cause: 'unready' }, times)).toBeUndefined();
  });

  it('the deadline of a delivery that we were late with is an hour after its slot', () => {
    const late = { ...fresh, cause: 'unready' } as const;
    const isLate = { ...times, now: afterwards(1), isForEndpoint: true };
    expect(deadlineForSlot(late, isLate)).toBe(later(until, seconds(3_600)));
  });
});

it('a deadline is near within the hour before it', () => {
  expect(isNearDeadline(fresh, earlier(3_601))).toBe(false);
  expect(isNearDeadline(fresh, earlier(3_600))).toBe(true);
});

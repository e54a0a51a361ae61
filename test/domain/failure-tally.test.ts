import { describe, expect, it } from 'vitest';
import {
  deadLetterQueueOf,
  failureCauses,
  faultOf,
  isFailureCause,
} from '../../lambdas/domain/delivery-failure.ts';
import { endedDelivery, knownCause } from '../../lambdas/domain/failure-tally.ts';
import { toUnixSeconds } from '../../lambdas/domain/time.ts';
import { newDelivery, now } from '../adapters/dynamodb/deliveries-fixture.ts';

describe('a failed delivery, as the operators are notified of it', () => {
  const failed = {
    ...newDelivery(),
    status: 'failed',
    lastError: 'x'.repeat(301),
    cause: 'exhausted',
    expiresAt: toUnixSeconds(now),
    dueAt: undefined,
  } as const;

  it('a failed delivery has a reason and an error of at most 300 characters', () => {
    const attempt = { n: 2, at: now, ms: 5, status: 503, error: 'y'.repeat(301), sample: 'busy' };
    const ended = endedDelivery(
      { ...failed, attemptLog: [{ ...attempt, n: 0 }, { ...attempt, n: 1 }, attempt] },
      'acme.example',
    );

    expect(ended).toEqual({
      tenant: failed.tenant,
      endpointId: failed.endpointId,
      deliveryId: failed.id,
      round: 1,
      eventId: failed.eventId,
      eventType: 'invoice.paid',
      attempts: 0,
      cause: 'exhausted',
      host: 'acme.example',
      reason: 'x'.repeat(300),
      lastAttempt: { n: 2, at: now, ms: 5, status: 503, error: 'y'.repeat(300) },
    });
  });

  it('a failed delivery without an attempt has no last attempt', () => {
    expect(endedDelivery(failed, undefined).lastAttempt).toBeUndefined();
    const attempt = { n: 1, at: now, ms: 5, status: 503 };
    expect(endedDelivery({ ...failed, attemptLog: [attempt] }, undefined).lastAttempt?.error).toBeUndefined();
  });
});

describe('the cause of a failed delivery', () => {
  const ofEndpoint = ['exhausted', 'refused', 'gone', 'blocked', 'deadline'];

  it('the cause of a failed delivery decides the queue of its dead letter', () => {
    for (const cause of failureCauses) {
      const isOfEndpoint = ofEndpoint.includes(cause);
      expect(faultOf(cause), cause).toBe(isOfEndpoint ? 'endpoint' : 'ours');
      expect(deadLetterQueueOf(cause), cause).toBe(isOfEndpoint ? 'undelivered' : 'delivery');
    }
    expect(failureCauses).toHaveLength(11);
  });

  it('a failed delivery without a known cause is our fault', () => {
    expect(deadLetterQueueOf(undefined)).toBe('delivery');
    expect(knownCause(undefined)).toBeUndefined();
    expect(knownCause('of-a-later-version')).toBeUndefined();
    expect(knownCause('gone')).toBe('gone');
    expect(['toString', 'gone'].map(isFailureCause)).toEqual([false, true]);
  });
});

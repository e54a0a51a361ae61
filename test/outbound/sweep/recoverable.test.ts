import { expect, it } from 'vitest';
import { endpointDeletedReason } from '../../../lambdas/outbound/hold-delivery.ts';
import { isRecoverable } from '../../../lambdas/outbound/sweep/recoverable.ts';

const failed = { status: 'failed', lastError: 'answered 404' } as const;
const deleted = { status: 'discarded', lastError: endpointDeletedReason } as const;
const heldTooLong = { status: 'discarded', lastError: 'held for 30 days, its endpoint disabled' } as const;
const replayed = { status: 'pending', lastError: endpointDeletedReason } as const;

it('a recovery sends what failed', () => {
  expect([failed, deleted, heldTooLong, replayed].map((delivery) => isRecoverable(delivery))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

it('a recovery to the current endpoint also sends what the deletion of an earlier one discarded', () => {
  expect([failed, deleted, heldTooLong, replayed].map((delivery) => isRecoverable(delivery, true))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

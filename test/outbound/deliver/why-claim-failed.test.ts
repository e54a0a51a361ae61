import { describe, expect, it } from 'vitest';
import type { DeliveryStatus } from '../../../lambdas/domain/delivery-record.ts';
import { later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { whyClaimFailed } from '../../../lambdas/outbound/deliver/claim.ts';
import { asHeld, newDelivery, now, withStatus } from '../../adapters/dynamodb/deliveries-fixture.ts';

const pending = newDelivery();
const at = (span: number) => unixMillis(now + span);

describe('a claim of a delivery that is refused', () => {
  it('a claim is refused because there is no delivery', () => {
    expect(whyClaimFailed(undefined, 1, now)).toEqual({ kind: 'missing' });
  });

  it('a claim is refused because the delivery is held, whatever attempt it was for', () => {
    const held = asHeld({ ...pending, attempts: 1 });

    expect(whyClaimFailed(held, 1, now)).toEqual({ kind: 'held', delivery: held });
  });

  it.each<DeliveryStatus>(['delivered', 'failed', 'discarded'])(
    'a claim is refused because the delivery has ended: %s',
    (status) => {
      expect(whyClaimFailed(withStatus(pending, status), 1, now)).toEqual({ kind: 'terminal' });
    },
  );

  it('a claim is refused because its attempt, or a later one, is recorded', () => {
    const recorded = { ...pending, attempts: 2, leaseUntil: at(1) };

    expect(whyClaimFailed(recorded, 1, now)).toEqual({ kind: 'recorded' });
    expect(whyClaimFailed(recorded, 2, now)).toEqual({ kind: 'recorded' });
    expect(whyClaimFailed(recorded, 3, now)).toEqual({ kind: 'busy', wait: 1 });
  });

  it('a claim is refused while another worker has the lease, and makes a suspect when it is over', () => {
    const leased = { ...pending, leaseUntil: at(60_001) };

    expect(whyClaimFailed(leased, 1, now)).toEqual({ kind: 'busy', wait: 61 });
    expect(whyClaimFailed(leased, 1, at(60_000))).toEqual({ kind: 'busy', wait: 1 });
    expect(whyClaimFailed(leased, 1, at(60_001))).toEqual({ kind: 'suspect', delivery: leased });
  });

  it('a claim is refused more than a minute before the next attempt', () => {
    const waiting = { ...pending, nextAttemptAt: later(now, seconds(61)) };

    expect(whyClaimFailed(waiting, 1, now)).toEqual({ kind: 'early', delivery: waiting, wait: 61 });
    expect(whyClaimFailed(waiting, 1, at(1_000))).toEqual({ kind: 'busy', wait: 1 });
  });

  it('a claim is refused for a moment if the delivery has become free since', () => {
    expect(whyClaimFailed(pending, 1, now)).toEqual({ kind: 'busy', wait: 1 });
  });
});

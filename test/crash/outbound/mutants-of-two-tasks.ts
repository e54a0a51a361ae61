import type { UnixMillis } from '../../../lambdas/domain/time.ts';
import { asDelivery, type StoredDelivery } from '../../support/worlds/stored-delivery.ts';
import type { Mutant } from './mistake.ts';
import type { Parts } from './world.ts';

type Deliveries = Parts['deliveries'];

/** A delivery is held even while a worker makes a request of it. */
export const holdsOverALiveLease: Mutant = ({ deliveries }) => ({
  deliveries: {
    ...deliveries,
    async hold(delivery, now, dueAt) {
      const seen = deliveries.deliveries.get(delivery.id);
      if (seen !== undefined) deliveries.deliveries.set(delivery.id, { ...seen, leaseUntil: undefined });
      return deliveries.hold(delivery, now, dueAt);
    },
  },
});

export const refusesALateSuccessOfWhatIsHeld: Mutant = ({ deliveries }) => ({
  deliveries: {
    ...deliveries,
    async recordLateSuccess(fence, entry, expiresAt) {
      const seen = deliveries.deliveries.get(fence.id);
      if (seen?.status === 'held') return { ok: false, delivery: asDelivery(seen) };
      return deliveries.recordLateSuccess(fence, entry, expiresAt);
    },
  },
});

/** A round begins although the delivery has changed since it was read. */
export const reopensInAnyState: Mutant = ({ deliveries }) => ({
  deliveries: {
    ...deliveries,
    async reopen(seen, ...rest) {
      const { round, status } = deliveries.deliveries.get(seen.id) ?? seen;
      return deliveries.reopen(asDelivery<typeof seen>({ ...seen, round, status }), ...rest);
    },
  },
});

/** A refused deferral looks like one of a recorded attempt. */
const acknowledgesRefusedDeferral =
  (isOne: (delivery: StoredDelivery, now: UnixMillis) => boolean): Mutant =>
  ({ deliveries }, now) => ({
    deliveries: {
      ...deliveries,
      async defer(...asked: Parameters<Deliveries['defer']>) {
        const write = await deliveries.defer(...asked);
        const [id, attempt] = asked;
        const seen = deliveries.deliveries.get(id);
        if (write.ok || write.delivery === undefined || seen === undefined || !isOne(seen, now()))
          return write;
        return { ok: false, delivery: { ...write.delivery, attempts: attempt } };
      },
    },
  });

export const acknowledgesWithoutASlotUnderALease = acknowledgesRefusedDeferral(
  ({ leaseUntil = 0 }, now) => leaseUntil > now,
);
export const acknowledgesWithoutASlotASuspect = acknowledgesRefusedDeferral(
  ({ leaseUntil }, now) => leaseUntil !== undefined && leaseUntil <= now,
);

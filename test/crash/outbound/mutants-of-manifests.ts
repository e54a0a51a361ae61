import { needsManifest } from '../../../lambdas/domain/delivery-manifest.ts';
import { asDelivery } from '../../support/worlds/stored-delivery.ts';
import type { Mistake, Mutant } from './mistake.ts';

/** Nothing leads the sweep to a new delivery. */
export const writesNoManifest: Mutant = ({ manifests }) => ({
  manifests: { ...manifests, add: async () => undefined },
});

/** A manifest is deleted while a worker has its delivery, and the worker may die. */
export const takesWhatIsClaimedForDone: Mutant = ({ deliveries }) => ({
  deliveries: {
    ...deliveries,
    async standings(...args) {
      const found = await deliveries.standings(...args);
      return found.map((one) => (one.claims > 0 ? { ...one, status: 'delivered' as const } : one));
    },
  },
});

/** A manifest names what this publisher made, and not what an earlier one made that died. */
export const listsOnlyWhatItMade: Mutant = ({ deliveries }, now) => ({
  deliveries: {
    ...deliveries,
    async create(delivery) {
      const first = await deliveries.create(delivery);
      return first && asDelivery({ ...first, dueAt: now() });
    },
  },
});

/** A publication is acknowledged though its manifest is not written. */
export const acknowledgesWithoutTheManifest: Mistake = {
  above: ({ manifests }) =>
    manifests === undefined
      ? {}
      : {
          manifests: {
            ...manifests,
            shards: manifests.shards,
            page: manifests.page,
            moveOn: manifests.moveOn,
            remove: manifests.remove,
            add: (manifest) => manifests.add(manifest).catch(() => undefined),
          },
        },
};

/** A sweep sends tasks though another one has moved the manifest on. */
export const sendsThoughAnotherMoved: Mutant = ({ manifests }) => ({
  manifests: {
    ...manifests,
    async moveOn(...move) {
      await manifests.moveOn(...move);
      return true;
    },
  },
});

/** A claim takes the delivery out of the due index, which no manifest makes up for any more. */
export const claimsRemoveTheDueTime: Mutant = ({ deliveries }) => ({
  deliveries: {
    ...deliveries,
    async claim(...claim) {
      const write = await deliveries.claim(...claim);
      const seen = deliveries.deliveries.get(claim[0]);
      if (!write.ok || seen === undefined) return write;
      const { dueAt: _, ...delivery } = seen;
      deliveries.deliveries.set(claim[0], delivery);
      return write;
    },
  },
});

/** A publisher does not look for what an earlier one made for an endpoint that was deleted since. */
export const forgetsDeliveriesOfDeletedEndpoints: Mutant = ({ deliveries }) => ({
  deliveries: {
    ...deliveries,
    async read(id) {
      const found = await deliveries.read(id);
      return found !== undefined && needsManifest(found) ? undefined : found;
    },
  },
});

/** An event that exists is taken as complete, though its publisher may have died before it made the deliveries. */
export const takesEveryEventForComplete: Mutant = ({ events }, now) => ({
  events: {
    ...events,
    async create(event) {
      const first = await events.create(event);
      return first && { ...first, fannedOutAt: now() };
    },
  },
});

/** A manifest is deleted at its first look, done or not. */
export const deletesEveryManifest: Mutant = ({ manifests }) => ({
  manifests: {
    ...manifests,
    async moveOn(manifest, ...to) {
      const isMoved = await manifests.moveOn(manifest, ...to);
      await manifests.remove(manifest);
      return isMoved;
    },
  },
});

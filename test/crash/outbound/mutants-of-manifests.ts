import { idOfAnnounced } from '../../../lambdas/domain/announced-delivery.ts';
import type { Manifest, NewManifest } from '../../../lambdas/domain/delivery-manifest.ts';
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

/** The sweep passes over what a manifest announces, as if λ publish had made it. */
export const passesOverWhatIsAnnounced: Mutant = ({ manifests }) => ({
  manifests: {
    ...manifests,
    async page(...args) {
      const page = await manifests.page(...args);
      const made = ({ deliveries, announced }: Manifest) => {
        const derived = announced.map(idOfAnnounced);
        return deliveries.filter((id) => !derived.includes(id));
      };
      return {
        ...page,
        manifests: page.manifests.map((one) => ({ ...one, announced: [], deliveries: made(one) })),
      };
    },
  },
});

/** The claim of an announced delivery makes its record where there is one. */
export const makesASecondRecord: Mutant = ({ deliveries }) => ({
  deliveries: {
    ...deliveries,
    claimAnnounced(first, ...times) {
      deliveries.deliveries.delete(first.id);
      return deliveries.claimAnnounced(first, ...times);
    },
  },
});

/** Tasks are sent before their manifest is written, so that a worker makes what is in none. */
export const sendsTasksBeforeTheManifest: Mistake = {
  above: ({ manifests, sendTasks }) => {
    if (manifests === undefined || sendTasks === undefined) return {};
    const waiting: NewManifest[] = [];
    const { shards, page, moveOn, remove } = manifests;
    return {
      manifests: { shards, page, moveOn, remove, add: async (manifest) => void waiting.push(manifest) },
      async sendTasks(tasks) {
        await sendTasks(tasks);
        for (const manifest of waiting.splice(0)) await manifests.add(manifest);
      },
    };
  },
};

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

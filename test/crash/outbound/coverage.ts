import { needsManifest } from '../../../lambdas/domain/delivery-manifest.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';

type World = Pick<ReturnType<typeof outboundWorld>, 'table' | 'manifests' | 'publishQueue'>;

/** Names an event by what its publish message and its deliveries say. */
const eventOf = ({ tenant = '', id }: { readonly tenant?: string; readonly id: string }): string =>
  `${tenant}#${id}`;

function eventOfMessage(text: string): string {
  const { tenant, id, eventId = id } = JSON.parse(text);
  return eventOf({ tenant, id: eventId });
}

/**
 * Checks the invariant of manifests: an event that is acknowledged has, for each delivery that is not finished, a due time or
 * a manifest.
 *
 * An event is acknowledged when no message of it is on the publish queue, unless one was purged.
 */
export function coverageOf({ table, manifests, publishQueue }: World) {
  const lost = new Set<string>();
  const late = new Set<string>();

  function isAcknowledged({ tenant, eventId }: StoredDelivery): boolean {
    const event = eventOf({ tenant, id: eventId });
    return !lost.has(event) && !publishQueue.contents().some((text) => eventOfMessage(text) === event);
  }

  return {
    /**
     * A publisher that stood still for longer than its message was hidden creates a delivery after another one has acknowledged
     * the message. It goes on to the manifest; whether the delivery ends is judged at the end of the run.
     */
    created(delivery: StoredDelivery): void {
      if (isAcknowledged(delivery)) late.add(delivery.id);
    },

    /** Before a purge of the publish queue: what is on it is not acknowledged, and never will be. */
    purged(): void {
      for (const text of publishQueue.contents()) lost.add(eventOfMessage(text));
    },

    /** Whether the sweep finds every delivery of every acknowledged event that is not finished. */
    isWhole(): boolean {
      const open = [...table.deliveries.values()].filter((one) => needsManifest(one) && !late.has(one.id));
      if (open.length === 0) return true;
      const named = new Set<string>(
        [...manifests.manifests.values()].flatMap(({ deliveries }) => deliveries),
      );
      return open.every((delivery) => named.has(delivery.id) || !isAcknowledged(delivery));
    },
  };
}

import type { Delivery } from '../domain/delivery-record.ts';
import { type TaskMessage, taskMessage } from '../domain/delivery-task.ts';
import { eventExpiry, openMember, openMembers, outboundEventKey } from '../domain/outbound-event.ts';
import { toUnixSeconds, type UnixMillis, type UnixSeconds, unixMillis } from '../domain/time.ts';
import type { DeliveryWrite } from './claim-delivery.ts';

/** What a replay needs of the outside world. */
export interface ReplayPorts {
  readonly deliveries: {
    read(id: string): Promise<Delivery | undefined>;
    /** Begins the next round of an ended delivery, if it still stands as it was seen. */
    reopen(seen: Delivery, deadline: UnixMillis, now: UnixMillis): Promise<DeliveryWrite>;
  };
  readonly events: {
    /**
     * Adds a round of a delivery to the event's unfinished ones, and keeps the event from expiring.
     *
     * @returns false when there is no such event any more
     */
    open(id: string, member: string): Promise<boolean>;
    /** Takes rounds of a delivery off the event's unfinished ones; the last one off says when the event expires. */
    close(id: string, members: readonly string[], expiresAt: UnixSeconds): Promise<void>;
  };
  sendTask(task: TaskMessage): Promise<void>;
}

/** What became of a replay. */
export type Replay =
  | { readonly kind: 'replayed'; readonly delivery: Delivery }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Begins a new round of an ended delivery: a new deadline and the whole schedule anew; its log goes on.
 *
 * The event is kept from expiring first; the delivery is due at once, so a task that gets lost is the sweep's to send.
 */
export async function replayDelivery(id: string, now: UnixMillis, ports: ReplayPorts): Promise<Replay> {
  const seen = await ports.deliveries.read(id);
  if (seen === undefined) return refused(`there is no delivery ${id}`);
  if (seen.status === 'pending' || seen.status === 'held') return refused(`${id} is ${seen.status} already`);
  if (seen.expiresAt !== undefined && seen.expiresAt <= toUnixSeconds(now)) {
    return refused(`${id} is past its retention`);
  }
  const event = outboundEventKey(seen.tenant, seen.eventId);
  const isKept = await ports.events.open(event, openMember(id, seen.round + 1));
  if (!isKept) return refused(`the event of ${id} is past its retention`);
  const write = await ports.deliveries.reopen(seen, unixMillis(now + seen.lifetime), now);
  if (!write.ok) {
    await closeIfOver(write.delivery, seen, event, ports);
    return refused(`${id} was replayed or delivered by somebody else just now`);
  }
  const { delivery } = write;
  await ports.sendTask(taskMessage({ deliveryId: id, attempt: delivery.attempts + 1 }, delivery));
  return { kind: 'replayed', delivery };
}

const refused = (reason: string): Replay => ({ kind: 'refused', reason });

/** Somebody else's replay is over already: its round, which this one has just opened again, would stay open for ever. */
async function closeIfOver(
  delivery: Delivery | undefined,
  seen: Delivery,
  event: string,
  ports: ReplayPorts,
): Promise<void> {
  if (delivery?.expiresAt === undefined || delivery.round === seen.round) return;
  await ports.events.close(event, openMembers(delivery.id, delivery.round), eventExpiry(delivery.expiresAt));
}

import type { PendingDelivery } from '../domain/delivery-record.ts';
import { taskMessage } from '../domain/delivery-task.ts';
import type { DeliveryId } from '../domain/ids.ts';
import { eventExpiry, outboundEventKey } from '../domain/outbound-event.ts';
import { dueAfterCreation } from '../domain/retry-schedule.ts';
import { toUnixSeconds, type UnixMillis } from '../domain/time.ts';
import type { OutboundPorts } from './ports.ts';
import { endWait } from './release-waiting.ts';
import { type RefusalCause, type ReplayOptions, replayRoute } from './replay-route.ts';

export type ReplayPorts = Pick<OutboundPorts, 'deliveries' | 'endpoints' | 'events' | 'sendTask'>;

/** The result of a replay. */
export type Replay =
  | {
      readonly kind: 'replayed';
      readonly delivery: PendingDelivery;
      /** The delivery waits until its endpoint is enabled. */
      readonly isHeld: boolean;
    }
  | { readonly kind: 'refused'; readonly cause: RefusalCause; readonly reason: string };

/**
 * Begins a new round of an ended delivery, with a new deadline and a fresh retry schedule; its attempt log goes on. A waiting
 * delivery makes its next attempt now.
 *
 * Extends the event's expiry first. The delivery is due like a new one, so the sweep sends a task that was lost. Refuses a
 * delivery whose endpoint was deleted or created again.
 */
export async function replayDelivery(
  id: DeliveryId,
  now: UnixMillis,
  ports: ReplayPorts,
  options: ReplayOptions = {},
): Promise<Replay> {
  const { by = 'hand' } = options;
  const seen = await ports.deliveries.read(id);
  if (seen === undefined) return refused('no-delivery', `there is no delivery ${id}`);
  if (seen.status === 'held' || (seen.status === 'pending' && by === 'job'))
    return refused('unfinished', `${id} is ${seen.status} already`);
  if (seen.status === 'pending') return sendNow(seen, now, ports);
  if (seen.expiresAt <= toUnixSeconds(now)) return refused('past-retention', `${id} is past its retention`);
  const route = await replayRoute(seen, options, ports);
  if (route.kind === 'closed') return refused(route.cause, route.reason);
  const event = outboundEventKey(seen.tenant, seen.eventId);
  const eventExpiresAt = eventExpiry(now, seen.eventKeptFor);
  const isKept = await ports.events.keep(event, eventExpiresAt, now);
  if (!isKept) return refused('past-retention', `the event of ${id} is past its retention`);
  const write = await ports.deliveries.reopen(
    seen,
    eventExpiresAt,
    now,
    dueAfterCreation(now),
    route.generation,
  );
  if (!write.ok) return refused('changed-meanwhile', `${id} was replayed or delivered in the meantime`);
  const { delivery } = write;
  const byHand = by === 'hand' ? ('retry' as const) : undefined;
  await ports.sendTask(taskMessage({ deliveryId: id, attempt: delivery.attempts + 1, byHand }, delivery));
  return { kind: 'replayed', delivery, isHeld: route.isHeld };
}

/**
 * Makes the next attempt of a pending delivery now, even if it waits for its schedule or its endpoint's breaker.
 *
 * The next task of a delivery for an earlier endpoint discards it; only then can it be sent to another endpoint.
 */
async function sendNow(seen: PendingDelivery, now: UnixMillis, ports: ReplayPorts): Promise<Replay> {
  const { id, leaseUntil, nextAttemptAt } = seen;
  const route = await replayRoute(seen, {}, ports);
  if (route.kind === 'closed') return refused(route.cause, route.reason);
  if (leaseUntil !== undefined)
    return refused('unfinished', `${id} is being sent just now: look again in a minute`);
  const delivery = nextAttemptAt === undefined ? seen : await endWait(seen, now, ports);
  if (delivery === undefined)
    return refused('changed-meanwhile', `${id} was sent or changed just now: look again`);
  const task = { deliveryId: id, attempt: delivery.attempts + 1, byHand: 'retry' as const };
  await ports.sendTask(taskMessage(task, delivery));
  return { kind: 'replayed', delivery, isHeld: route.isHeld };
}

const refused = (cause: RefusalCause, reason: string): Replay => ({ kind: 'refused', cause, reason });

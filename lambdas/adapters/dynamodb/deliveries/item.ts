import * as v from 'valibot';
import { attemptPhases } from '../../../domain/attempt-outcome.ts';
import {
  type Delivery,
  deliveryStatuses,
  dueShardOf,
  endpointDayFor,
  heldByOf,
  listedAt,
  waitingByFor,
} from '../../../domain/delivery-record.ts';
import { knownCause } from '../../../domain/failure-tally.ts';
import { millis, seconds, unixMillis, unixSeconds } from '../../../domain/time.ts';

/** Unix milliseconds. */
export const Instant = v.pipe(v.number(), v.transform(unixMillis));

/** The fields that every record of an attempt has. */
export const AttemptItem = v.object({
  n: v.number(),
  at: Instant,
  ms: v.number(),
  status: v.optional(v.number()),
  error: v.optional(v.string()),
});

/** An item of the Deliveries table. `expiresAt`, the table's TTL, is in seconds; every other instant in milliseconds. */
const DeliveryItem = v.object({
  id: v.string(),
  tenant: v.string(),
  eventId: v.string(),
  eventType: v.string(),
  endpointId: v.string(),
  url: v.optional(v.string()),
  generation: v.optional(v.string()),
  correlationId: v.string(),
  status: v.picklist(deliveryStatuses),
  attempts: v.number(),
  attemptsBefore: v.number(),
  attemptLog: v.array(
    v.object({
      ...AttemptItem.entries,
      phase: v.optional(v.picklist(attemptPhases)),
      location: v.optional(v.string()),
      sample: v.optional(v.string()),
    }),
  ),
  lastAttemptAt: v.optional(Instant),
  lastError: v.optional(v.string()),
  cause: v.pipe(v.optional(v.string()), v.transform(knownCause)),
  nextAttemptAt: v.optional(Instant),
  waitsSince: v.optional(Instant),
  createdAt: Instant,
  claims: v.number(),
  crashes: v.number(),
  leaseUntil: v.optional(Instant),
  round: v.number(),
  countedRound: v.optional(v.number()),
  deadline: Instant,
  lifetime: v.pipe(v.number(), v.transform(millis)),
  eventExpiresAt: v.pipe(v.number(), v.transform(unixSeconds)),
  eventKeptFor: v.pipe(v.number(), v.transform(seconds)),
  heldAt: v.optional(Instant),
  dueAt: v.optional(Instant),
  sweeps: v.number(),
  expiresAt: v.optional(v.pipe(v.number(), v.transform(unixSeconds))),
});

/** @throws ValiError when the item does not have this shape */
export const parseDelivery = (item: unknown): Delivery => v.parse(DeliveryItem, item);

/** A delivery as an item. It is in the due index while it has a `dueAt`, in the index of what waits while it has a
 *  `waitsSince`, and in the held index while it is held. */
export const deliveryItem = (delivery: Delivery) => ({
  ...delivery,
  endpointDay: endpointDayFor(delivery),
  listedAt: listedAt(delivery),
  waitingBy: waitingByFor(delivery),
  heldBy: delivery.status === 'held' ? heldByOf(delivery) : undefined,
  dueShard: delivery.dueAt === undefined ? undefined : dueShardOf(delivery.id),
});

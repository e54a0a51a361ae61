import * as v from 'valibot';
import { attemptPhases } from '../../../domain/attempt-outcome.ts';
import {
  type ClaimedDelivery,
  type Delivery,
  type DeliveryOf,
  type DeliveryStatus,
  dueShardOf,
  endpointDayFor,
  isDue,
  listedAt,
  waitingByFor,
} from '../../../domain/delivery-record.ts';
import { knownCause } from '../../../domain/failure-tally.ts';
import { DeliveryIdText, EndpointIdText, EventIdText, TenantIdText } from '../../../domain/ids.ts';
import { Count, FiniteNumber, Instant, InstantSeconds } from '../../../domain/instant-fields.ts';
import { stoppedPartition } from '../../../domain/stopped-deliveries.ts';
import { millis, seconds } from '../../../domain/time.ts';
import { itemParser } from '../parse-item.ts';

/** The fields that every record of an attempt has. */
export const AttemptItem = v.object({
  n: FiniteNumber,
  at: Instant,
  ms: FiniteNumber,
  status: v.optional(FiniteNumber),
  error: v.optional(v.string()),
});

/** The attributes of every item. `expiresAt` and `eventExpiresAt` are in seconds, every other instant in milliseconds. */
export const deliveryFacts = {
  id: DeliveryIdText,
  tenant: TenantIdText,
  eventId: EventIdText,
  eventType: v.string(),
  endpointId: EndpointIdText,
  url: v.optional(v.string()),
  generation: v.optional(v.string()),
  correlationId: v.string(),
  attempts: Count,
  attemptsBefore: Count,
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
  createdAt: Instant,
  claims: Count,
  crashes: Count,
  round: Count,
  deadline: Instant,
  lifetime: v.pipe(FiniteNumber, v.transform(millis)),
  eventExpiresAt: InstantSeconds,
  eventKeptFor: v.pipe(FiniteNumber, v.transform(seconds)),
  sweeps: Count,
};

/** Why a delivery ended without success, in words. */
const Reason = v.optional(v.string(), 'unknown');

// An attribute that is left over from another status, by a version that did not remove it, is ignored.
const PendingItem = v.object({
  ...deliveryFacts,
  status: v.literal('pending'),
  /** Of a pending delivery no other cause says anything. */
  cause: v.pipe(
    v.optional(v.string()),
    v.transform((text) => (text === 'unready' ? text : undefined)),
  ),
  nextAttemptAt: v.optional(Instant),
  waitsSince: v.optional(Instant),
  leaseUntil: v.optional(Instant),
  dueAt: v.optional(Instant),
});
const ClaimedItem = v.object({ ...PendingItem.entries, leaseUntil: Instant });
const HeldItem = v.object({ ...deliveryFacts, status: v.literal('held'), heldAt: Instant, dueAt: Instant });
const DeliveredItem = v.object({
  ...deliveryFacts,
  status: v.literal('delivered'),
  expiresAt: InstantSeconds,
});
const FailedItem = v.object({
  ...deliveryFacts,
  status: v.literal('failed'),
  lastError: Reason,
  cause: v.pipe(v.optional(v.string()), v.transform(knownCause)),
  countedRound: v.optional(Count),
  dueAt: v.optional(Instant),
  expiresAt: InstantSeconds,
});
const DiscardedItem = v.object({
  ...deliveryFacts,
  status: v.literal('discarded'),
  lastError: Reason,
  expiresAt: InstantSeconds,
});

/** An item of the Deliveries table. */
const DeliveryItem = v.variant('status', [PendingItem, HeldItem, DeliveredItem, FailedItem, DiscardedItem]);

const parserFor = <Item extends v.GenericSchema>(schema: Item) =>
  itemParser('delivery', 'Deliveries', schema);

/** @throws when the item is malformed */
export const parseDelivery: (item: unknown) => Delivery = parserFor(DeliveryItem);

/** A parser for each status that a write may leave. Each throws when the item is malformed, or has another status. */
export const parseDeliveryOf: {
  readonly [Status in DeliveryStatus]: (item: unknown) => DeliveryOf<Status>;
} = {
  pending: parserFor(PendingItem),
  held: parserFor(HeldItem),
  delivered: parserFor(DeliveredItem),
  failed: parserFor(FailedItem),
  discarded: parserFor(DiscardedItem),
};

/** @throws when the item is malformed, or no worker owns it */
export const parseClaimed: (item: unknown) => ClaimedDelivery = parserFor(ClaimedItem);

/** A delivery as an item. It is in the due index while it has a `dueAt`, in the index of what waits while it has a
 *  `waitsSince`, and in the index of stopped deliveries by its status. */
export function deliveryItem(delivery: Delivery) {
  return {
    ...delivery,
    endpointDay: endpointDayFor(delivery),
    listedAt: listedAt(delivery),
    waitingBy: waitingByFor(delivery),
    heldBy: stoppedPartition(delivery, delivery.status),
    dueShard: isDue(delivery) ? dueShardOf(delivery.id) : undefined,
  };
}

import * as v from 'valibot';
import { type DeliveryFacts, deliveryId, type PendingDelivery } from './delivery-record.ts';
import { EndpointIdText, EventIdText, TenantIdText } from './ids.ts';
import { FiniteNumber, Instant, InstantSeconds } from './instant-fields.ts';
import { days, later, millis, type Seconds, seconds, type UnixMillis, unixMillis } from './time.ts';

/** What a task says of an announced delivery beyond the delivery's id and destination. */
export const Announcement = v.object({
  eventId: EventIdText,
  eventType: v.string(),
  correlationId: v.string(),
  createdAt: Instant,
  lifetime: v.pipe(FiniteNumber, v.transform(millis)),
  eventExpiresAt: InstantSeconds,
  eventKeptFor: v.pipe(FiniteNumber, v.transform(seconds)),
});
export type Announcement = v.InferOutput<typeof Announcement>;

const { correlationId: _, ...storedEntries } = Announcement.entries;

/**
 * A delivery that a manifest and a task announce, and that has no record before its first claim.
 *
 * Only deliveries to registered endpoints are announced. The record of any other one is made by λ publish. A manifest leaves the
 * correlation id out: ten of them would make it cost a write unit more.
 */
export const AnnouncedDelivery = v.object({
  ...storedEntries,
  tenant: TenantIdText,
  endpointId: EndpointIdText,
  generation: v.string(),
});
export type AnnouncedDelivery = v.InferOutput<typeof AnnouncedDelivery>;

export const idOfAnnounced = ({ tenant, eventId, endpointId }: AnnouncedDelivery) =>
  deliveryId(tenant, eventId, endpointId);

/** The part that a task does not say anyway. */
export const announcementOf = (
  { tenant: _tenant, endpointId: _endpointId, generation: _generation, ...announced }: AnnouncedDelivery,
  correlationId: string,
): Announcement => ({ ...announced, correlationId });

/** A task that is older makes no record. */
const longestAnnounced = days(14);

/**
 * Whether a task of an announced delivery may still make its record.
 *
 * Not for as long as the record of a delivery that has ended is kept: it may have expired, and the task would make a second one.
 */
export const mayBeMade = (
  { createdAt }: Pick<Announcement, 'createdAt'>,
  now: UnixMillis,
  retention: Seconds,
): boolean => now < later(createdAt, seconds(Math.min(longestAnnounced, retention)));

/**
 * The first record of a delivery: nothing is tried yet.
 *
 * @param facts those of an announced delivery, or with a URL instead of the generation
 */
export const firstRecord = (
  facts: Omit<AnnouncedDelivery, 'generation'> & Pick<DeliveryFacts, 'url' | 'generation' | 'correlationId'>,
): PendingDelivery => ({
  id: deliveryId(facts.tenant, facts.eventId, facts.endpointId),
  ...facts,
  status: 'pending',
  attempts: 0,
  attemptsBefore: 0,
  attemptLog: [],
  claims: 0,
  crashes: 0,
  sweeps: 0,
  round: 1,
  deadline: unixMillis(facts.createdAt + facts.lifetime),
});

import { type AnnouncedDelivery, firstRecord } from '../../domain/announced-delivery.ts';
import { needsManifest } from '../../domain/delivery-manifest.ts';
import type { Delivery } from '../../domain/delivery-record.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { generationOf } from '../../domain/endpoint-generation.ts';
import type { EndpointId, EventId, TenantId } from '../../domain/ids.ts';
import {
  contentHash,
  eventBody,
  eventExpiry,
  eventKeptFor,
  goesTooSoon,
  isInlinePayload,
  type OutboundEvent,
  outboundEventKey,
  type Payload,
  payloadKey,
} from '../../domain/outbound-event.ts';
import { type OutboundSettings, settingsFor } from '../../domain/outbound-settings.ts';
import type { Publication } from '../../domain/publish-message.ts';
import { deliveryLifetime } from '../../domain/retry-schedule.ts';
import { later, toUnixSeconds, type UnixMillis } from '../../domain/time.ts';
import { heldCheckAt, testNotHeldReason } from '../hold-delivery.ts';
import type { OutboundPorts } from '../ports.ts';

export type RecordPorts = Pick<OutboundPorts, 'events' | 'deliveries' | 'putPayload'>;

/** An event as it stands in the table. */
export interface RecordedEvent {
  readonly event: OutboundEvent;
  readonly isNew: boolean;
  /** The first publication of this id had another content, and stays. */
  readonly isConflict: boolean;
}

/** A delivery as it stands in the table. */
export interface RecordedDelivery {
  readonly delivery: Delivery;
  readonly isNew: boolean;
  /** Whether a task must be sent: none was sent yet, or it may be lost. */
  readonly needsTask: boolean;
  /** Whether a manifest must name it, made now or found, claimed or not: a worker that has it may die. */
  readonly needsManifest: boolean;
  /** Its record is not made yet: its first claim makes it. */
  readonly announced?: AnnouncedDelivery;
}

/** A registered endpoint, or a URL under a name that the publisher chose. */
export type Destination =
  | { readonly endpoint: Endpoint }
  | { readonly endpoint?: undefined; readonly id: EndpointId; readonly url: string };

/**
 * Writes the event, if it does not exist.
 *
 * @param endpoints those that the event names; only for an event for a whole tenant
 */
export async function recordEvent(
  publication: Publication,
  settings: OutboundSettings,
  now: UnixMillis,
  ports: RecordPorts,
  endpoints?: readonly EndpointId[],
): Promise<RecordedEvent> {
  const body = eventBody(publication, now);
  const id = outboundEventKey(publication.tenant, publication.id);
  const event: OutboundEvent = {
    id,
    eventType: publication.type,
    createdAt: now,
    contentHash: contentHash(publication),
    payload: payloadOf(id, body),
    isWide: publication.to.kind === 'tenant' || undefined,
    endpoints,
    expiresAt: eventExpiry(now, eventKeptFor(deliveryLifetime(settings), settings)),
  };
  // Comes first, so that no event ever points to a missing payload.
  if ('s3Key' in event.payload) await ports.putPayload(event.payload.s3Key, Buffer.from(body));
  const first = await ports.events.create(event);
  return {
    event: first ?? event,
    isNew: first === undefined,
    isConflict: first !== undefined && first.contentHash !== event.contentHash,
  };
}

const payloadOf = (eventKey: string, body: string): Payload =>
  isInlinePayload(body) ? { text: body } : { s3Key: payloadKey(eventKey, body) };

/** The fields that all deliveries of an event share. */
export interface DeliveryOrigin {
  readonly tenant: TenantId;
  readonly eventId: EventId;
  /** The same in every log line from publish to attempt. */
  readonly correlationId: string;
  readonly event: OutboundEvent;
  /** Whether this process wrote the event just now, so that it has no delivery yet. */
  readonly isEventNew?: boolean;
  /** The event is never held. */
  readonly isTest?: boolean;
}

export const originOf = (
  { tenant, id, isTest }: Publication,
  correlationId: string,
  { event, isNew }: Pick<RecordedEvent, 'event' | 'isNew'>,
): DeliveryOrigin => ({ tenant, eventId: id, correlationId, event, isEventNew: isNew, isTest });

/**
 * Announces the delivery to a registered endpoint, if it has no record: the first claim makes that, in the same write.
 *
 * Where that would not be one write, or nothing else remembers what was published, the record is written now: for a disabled
 * endpoint, for a test, and for a URL that is not registered, whose first publication decides the URL.
 */
export async function announceDelivery(
  destination: Destination,
  origin: DeliveryOrigin,
  settings: OutboundSettings,
  now: UnixMillis,
  ports: RecordPorts,
): Promise<RecordedDelivery> {
  const { endpoint } = destination;
  if (endpoint === undefined || endpoint.status === 'disabled' || origin.isTest)
    return recordDelivery(destination, origin, settings, now, ports);
  const announced = { ...factsOf(destination, origin, settings, now), generation: generationOf(endpoint) };
  const delivery = firstRecord({ ...announced, correlationId: origin.correlationId });
  const found = origin.isEventNew ? undefined : await ports.deliveries.read(delivery.id);
  if (found !== undefined && !isExpired(found, now)) return recordedAs(found, false);
  await keepEventFor(delivery, origin, now, ports);
  return { ...recordedAs(delivery, true), announced };
}

const isExpired = (delivery: Delivery, now: UnixMillis): boolean =>
  'expiresAt' in delivery && delivery.expiresAt <= toUnixSeconds(now);

/** Writes the delivery, if it does not exist. Repeated after a crash, it completes what is missing. */
export async function recordDelivery(
  destination: Destination,
  origin: DeliveryOrigin,
  settings: OutboundSettings,
  now: UnixMillis,
  ports: RecordPorts,
): Promise<RecordedDelivery> {
  const wanted = newDelivery(destination, origin, settings, now);
  await keepEventFor(wanted, origin, now, ports);
  const first = await ports.deliveries.create(wanted);
  return recordedAs(first ?? wanted, first === undefined);
}

/** Keeps the event of a new delivery for as long as its round may need it. */
async function keepEventFor(
  { eventKeptFor: keptFor }: Delivery,
  { event }: DeliveryOrigin,
  now: UnixMillis,
  ports: RecordPorts,
): Promise<void> {
  if (!goesTooSoon(event.expiresAt, now, keptFor)) return;
  if (!(await ports.events.keep(event.id, eventExpiry(now, keptFor), now)))
    throw new Error(`event ${event.id} expired just now`);
}

const recordedAs = (delivery: Delivery, isNew: boolean): RecordedDelivery => ({
  delivery,
  isNew,
  needsTask: isUntouched(delivery),
  needsManifest: needsManifest(delivery),
});

/** Whether no task of it was worked on yet: a crash may have left it without one. A second task is harmless, since one claims. */
export const isUntouched = (delivery: Delivery): boolean =>
  delivery.status === 'pending' &&
  delivery.attempts === 0 &&
  delivery.claims === 0 &&
  delivery.nextAttemptAt === undefined;

function newDelivery(
  destination: Destination,
  origin: DeliveryOrigin,
  settings: OutboundSettings,
  now: UnixMillis,
): Delivery {
  const { endpoint } = destination;
  const of = endpoint === undefined ? { url: destination.url } : { generation: generationOf(endpoint) };
  const { correlationId } = origin;
  const first = firstRecord({ ...factsOf(destination, origin, settings, now), correlationId, ...of });
  if (endpoint?.status !== 'disabled') return first;
  return origin.isTest ? { ...first, ...discardedFrom(now, settings) } : { ...first, ...heldFrom(now) };
}

/** What every new delivery of an event to a destination says. */
function factsOf(
  destination: Destination,
  { tenant, eventId, event }: DeliveryOrigin,
  settings: OutboundSettings,
  now: UnixMillis,
) {
  const { endpoint } = destination;
  const lifetime = deliveryLifetime(settingsFor(settings, endpoint));
  return {
    tenant,
    eventId,
    eventType: event.eventType,
    endpointId: destination.endpoint === undefined ? destination.id : destination.endpoint.id,
    createdAt: now,
    lifetime,
    eventExpiresAt: event.expiresAt,
    eventKeptFor: eventKeptFor(lifetime, settings),
  };
}

const heldFrom = (now: UnixMillis) => ({
  status: 'held' as const,
  heldAt: now,
  dueAt: heldCheckAt(now, 0),
});

const discardedFrom = (now: UnixMillis, { deliveryRetention }: OutboundSettings) => ({
  status: 'discarded' as const,
  lastError: testNotHeldReason,
  expiresAt: toUnixSeconds(later(now, deliveryRetention)),
});

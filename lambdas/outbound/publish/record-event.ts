import { needsManifest } from '../../domain/delivery-manifest.ts';
import { type Delivery, deliveryId } from '../../domain/delivery-record.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { generationOf } from '../../domain/endpoint-generation.ts';
import type { DeliveryId, EndpointId, EventId, TenantId } from '../../domain/ids.ts';
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
import { later, toUnixSeconds, type UnixMillis, unixMillis } from '../../domain/time.ts';
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
  /** The event is never held. */
  readonly isTest?: boolean;
}

export const originOf = (
  { tenant, id, isTest }: Publication,
  correlationId: string,
  event: OutboundEvent,
): DeliveryOrigin => ({ tenant, eventId: id, correlationId, event, isTest });

/** Writes the delivery, if it does not exist. Repeated after a crash, it completes what is missing. */
export async function recordDelivery(
  destination: Destination,
  origin: DeliveryOrigin,
  settings: OutboundSettings,
  now: UnixMillis,
  ports: RecordPorts,
): Promise<RecordedDelivery> {
  const { event } = origin;
  const wanted = newDelivery(destination, origin, settings, now);
  if (goesTooSoon(event.expiresAt, now, wanted.eventKeptFor)) {
    const until = eventExpiry(now, wanted.eventKeptFor);
    if (!(await ports.events.keep(event.id, until, now)))
      throw new Error(`event ${event.id} expired just now`);
  }
  const first = await ports.deliveries.create(wanted);
  return recordedAs(first ?? wanted, first === undefined);
}

/** Reads a delivery that an earlier try may have made. */
export async function findDelivery(
  id: DeliveryId,
  { deliveries }: Pick<RecordPorts, 'deliveries'>,
): Promise<RecordedDelivery | undefined> {
  const delivery = await deliveries.read(id);
  return delivery && recordedAs(delivery, false);
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
  { tenant, eventId, correlationId, event, isTest }: DeliveryOrigin,
  settings: OutboundSettings,
  now: UnixMillis,
): Delivery {
  const { endpoint } = destination;
  const endpointId = destination.endpoint === undefined ? destination.id : destination.endpoint.id;
  const lifetime = deliveryLifetime(settingsFor(settings, endpoint));
  const isDisabled = endpoint?.status === 'disabled';
  const beginning = isDisabled
    ? isTest
      ? discardedFrom(now, settings)
      : heldFrom(now)
    : { status: 'pending' as const };
  return {
    id: deliveryId(tenant, eventId, endpointId),
    tenant,
    eventId,
    eventType: event.eventType,
    endpointId,
    correlationId,
    ...(endpoint === undefined ? { url: destination.url } : { generation: generationOf(endpoint) }),
    attempts: 0,
    attemptsBefore: 0,
    attemptLog: [],
    claims: 0,
    crashes: 0,
    sweeps: 0,
    round: 1,
    createdAt: now,
    lifetime,
    deadline: unixMillis(now + lifetime),
    eventExpiresAt: event.expiresAt,
    eventKeptFor: eventKeptFor(lifetime, settings),
    ...beginning,
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

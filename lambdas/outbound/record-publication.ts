import { type Delivery, deliveryId } from '../domain/delivery-record.ts';
import {
  contentHash,
  eventBody,
  maxInlinePayloadBytes,
  type OutboundEvent,
  openMember,
  outboundEventKey,
  type Payload,
  payloadKey,
} from '../domain/outbound-event.ts';
import type { OutboundSettings } from '../domain/outbound-settings.ts';
import type { Publication } from '../domain/publish-message.ts';
import { deliveryLifetime, dueAfterCreation } from '../domain/retry-schedule.ts';
import { payloadPrefixes } from '../domain/tables.ts';
import { toUnixSeconds, type UnixMillis, unixMillis } from '../domain/time.ts';

/** The tables and the bucket of published events. */
export interface RecordPorts {
  readonly events: {
    /** @returns the event that is there already, else undefined */
    create(event: OutboundEvent): Promise<OutboundEvent | undefined>;
    /**
     * Adds a round of a delivery to the event's unfinished ones, and keeps the event from expiring.
     *
     * @returns false when there is no such event any more
     */
    open(id: string, member: string): Promise<boolean>;
    markFannedOut(id: string, at: UnixMillis): Promise<void>;
  };
  readonly deliveries: {
    /** @returns the delivery that is there already, else undefined */
    create(delivery: Delivery): Promise<Delivery | undefined>;
    read(id: string): Promise<Delivery | undefined>;
  };
  putPayload(key: string, bytes: Uint8Array): Promise<void>;
}

/** How a publication stands in the tables. */
export interface Recorded {
  readonly event: OutboundEvent;
  readonly delivery: Delivery;
  /** Whether a task has to be sent: nobody can have sent it, or it may be lost. */
  readonly needsTask: boolean;
  readonly isNew: boolean;
  /** The first publication of this id said something else, and stays. */
  readonly isConflict: boolean;
}

/**
 * Writes the event, then its delivery, each only if it is not there: done again after a crash it completes what is missing.
 *
 * @param correlationId the same in every log line from here to the last attempt
 */
export async function recordPublication(
  publication: Publication,
  correlationId: string,
  settings: OutboundSettings,
  now: UnixMillis,
  ports: RecordPorts,
): Promise<Recorded> {
  const wanted = newDelivery(publication, correlationId, settings, now);
  const body = eventBody(publication, now);
  const event = newEvent(publication, body, wanted, now);
  // First, so that no event ever points to a payload that is not there.
  if ('s3Key' in event.payload) await ports.putPayload(event.payload.s3Key, Buffer.from(body));
  const firstEvent = await ports.events.create(event);
  const standing = firstEvent ?? event;
  const first = await recordDelivery(wanted, standing, firstEvent !== undefined, now, ports);
  const delivery = first ?? wanted;
  return {
    event: standing,
    delivery,
    needsTask: first === undefined || (isUntouched(first) && standing.fannedOutAt === undefined),
    isNew: first === undefined,
    isConflict: standing.contentHash !== event.contentHash || delivery.url !== wanted.url,
  };
}

/** Accepted, and as far as the records tell nobody has tried it. */
const isUntouched = ({ status, attempts, claims }: Delivery): boolean =>
  status === 'pending' && attempts === 0 && claims === 0;

/** @returns the delivery that is there already, else undefined */
async function recordDelivery(
  wanted: Delivery,
  event: OutboundEvent,
  isOldEvent: boolean,
  now: UnixMillis,
  ports: RecordPorts,
): Promise<Delivery | undefined> {
  const member = openMember(wanted.id, wanted.round);
  if (isOldEvent && !event.open.includes(member)) {
    const known = await ports.deliveries.read(wanted.id);
    const isKept = known?.expiresAt === undefined || known.expiresAt > toUnixSeconds(now);
    if (known !== undefined && isKept) return known;
    // Another endpoint for an event that is there: the event must not expire before it.
    if (!(await ports.events.open(event.id, member))) throw new Error(`event ${event.id} expired just now`);
  }
  return ports.deliveries.create(wanted);
}

function newEvent(
  publication: Publication,
  body: string,
  { id: deliveryId, round }: Delivery,
  now: UnixMillis,
): OutboundEvent {
  const id = outboundEventKey(publication.tenant, publication.id);
  return {
    id,
    eventType: publication.type,
    createdAt: now,
    contentHash: contentHash(publication),
    payload: payloadOf(id, body),
    open: [openMember(deliveryId, round)],
  };
}

const payloadOf = (eventId: string, body: string): Payload =>
  Buffer.byteLength(body) <= maxInlinePayloadBytes
    ? { text: body }
    : { s3Key: `${payloadPrefixes.outbound}${payloadKey(eventId, body)}` };

function newDelivery(
  { id: eventId, tenant, type, endpoint }: Publication,
  correlationId: string,
  settings: OutboundSettings,
  now: UnixMillis,
): Delivery {
  const lifetime = deliveryLifetime(settings);
  return {
    ...{ id: deliveryId(tenant, eventId, endpoint.id), tenant, eventId, eventType: type },
    ...{ endpointId: endpoint.id, url: endpoint.url, correlationId },
    ...{
      status: 'pending',
      attempts: 0,
      attemptsBefore: 0,
      attemptLog: [],
      claims: 0,
      crashes: 0,
      sweeps: 0,
    },
    ...{ round: 1, createdAt: now, lifetime, deadline: unixMillis(now + lifetime) },
    dueAt: dueAfterCreation(now),
  };
}

import { createHash } from 'node:crypto';
import type { Publication } from './publish-message.ts';
import {
  type Seconds,
  seconds,
  toIsoInstant,
  type UnixMillis,
  type UnixSeconds,
  unixSeconds,
} from './time.ts';

/** A published event, once per tenant and id. Its payload lives here, or in the payload bucket over 8 KB. */
export interface OutboundEvent {
  /** `tenant#eventId`. */
  readonly id: string;
  readonly eventType: string;
  readonly createdAt: UnixMillis;
  /** Of type and data as published: tells a second, different body. */
  readonly contentHash: string;
  readonly payload: Payload;
  /** Its unfinished deliveries, as `deliveryId#round`: while there is one, the event does not expire. */
  readonly open: readonly string[];
  readonly fannedOutAt?: UnixMillis;
  readonly expiresAt?: UnixSeconds;
}

/** The body that is sent, the same bytes on every attempt. */
export type Payload = { readonly text: string } | { readonly s3Key: string };

/** Names an event within its tenant. A tenant's name has no `#`, so the first one splits. */
export const outboundEventKey = (tenant: string, eventId: string): string => `${tenant}#${eventId}`;

/** Names one round of a delivery among an event's open ones. */
export const openMember = (deliveryId: string, round: number): string => `${deliveryId}#${round}`;

/** A delivery's rounds until now, this one last: with it the earlier ones are over, too, whoever died before saying so. */
export const openMembers = (deliveryId: string, round: number): readonly string[] =>
  Array.from({ length: round }, (_, index) => openMember(deliveryId, index + 1));

/** A table write is billed by the KB; above this, S3 is cheaper. */
export const maxInlinePayloadBytes = 8 * 1024;

/** Serialises what is sent to endpoints; done once per event. */
export const eventBody = ({ id, type, data }: Publication, createdAt: UnixMillis): string =>
  JSON.stringify({ id, type, created_at: toIsoInstant(createdAt), data });

/** Two publications with equal hashes say the same. */
export const contentHash = ({ type, data }: Publication): string => sha256(JSON.stringify([type, data]));

/** Where a large body is kept. By content, so that a second publisher of an id cannot change what the first one sent. */
export const payloadKey = (eventKey: string, body: string): string => `${sha256(eventKey)}/${sha256(body)}`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The event outlives its deliveries by this. */
const eventOutlives: Seconds = seconds(86_400);

/** When an event may go, if this delivery is the last of its open ones. */
export const eventExpiry = (deliveryExpiry: UnixSeconds): UnixSeconds =>
  unixSeconds(deliveryExpiry + eventOutlives);

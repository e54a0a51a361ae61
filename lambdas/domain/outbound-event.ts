import { createHash } from 'node:crypto';
import type { OutboundSettings } from './outbound-settings.ts';
import type { Publication } from './publish-message.ts';
import { payloadPrefixes } from './tables.ts';
import {
  days,
  later,
  type Millis,
  type Seconds,
  seconds,
  toIsoInstant,
  toUnixSeconds,
  type UnixMillis,
  type UnixSeconds,
} from './time.ts';

/** A published event, once per tenant and id. Its payload lives here, or in the payload bucket over 8 KB. */
export interface OutboundEvent {
  /** `tenant#eventId`. */
  readonly id: string;
  readonly eventType: string;
  readonly createdAt: UnixMillis;
  /** Of type and data as published: it shows that a second publication has another body. */
  readonly contentHash: string;
  readonly payload: Payload;
  /** Published to a whole tenant; absent when only to endpoints by their ids. */
  readonly isWide?: boolean;
  /** Parts of a large tenant whose endpoints do not have their deliveries yet. */
  readonly rangesLeft?: readonly string[];
  /** When everybody to whom it was published had a delivery with a task. */
  readonly fannedOutAt?: UnixMillis;
  /** Later than any of its deliveries can need it; moved on by a replay, and by the sweep where that is not enough. */
  readonly expiresAt: UnixSeconds;
}

/** The OutboundEvents table. Each write is one conditional write of one item. */
export interface OutboundEventStore {
  /** @returns the event that exists already, else undefined */
  create(event: OutboundEvent): Promise<OutboundEvent | undefined>;
  /** Consistent. @param key see `outboundEventKey` */
  read(key: string): Promise<OutboundEvent | undefined>;
  /** Keeps the event until then at least. @returns false when the event is gone */
  keep(key: string, until: UnixSeconds, now: UnixMillis): Promise<boolean>;
  /** Marks that all deliveries exist, unless the event has become one for the whole tenant. */
  markFannedOut(expected: Pick<OutboundEvent, 'id' | 'isWide'>, at: UnixMillis): Promise<void>;
  /** Makes an event for single endpoints one for the whole tenant. @returns the event as it is now */
  widen(key: string): Promise<OutboundEvent | undefined>;
  /** Notes the ranges of a large tenant, unless they are noted or done. @returns the event as it is now */
  split(key: string, ranges: readonly string[]): Promise<OutboundEvent | undefined>;
  /** Removes a range from those that are left. @returns the event as it is now */
  rangeDone(key: string, range: string): Promise<OutboundEvent | undefined>;
}

/** The body that is sent, the same bytes on every attempt. */
export type Payload = { readonly text: string } | { readonly s3Key: string };

/** Names an event within its tenant. A tenant's name has no `#`, so the first one splits. */
export const outboundEventKey = (tenant: string, eventId: string): string => `${tenant}#${eventId}`;

/** A table write is billed by the KB; above this, S3 is cheaper. */
export const maxInlinePayloadBytes = 8 * 1024;

/**
 * Serialises what is sent to endpoints; done once per event.
 *
 * An id is unique within its tenant only, so the tenant is in what is signed; an event without one has no such field.
 */
export const eventBody = ({ id, type, tenant, data }: Publication, createdAt: UnixMillis): string =>
  JSON.stringify({ id, type, tenant: tenant || undefined, created_at: toIsoInstant(createdAt), data });

/** Two publications with equal hashes say the same. */
export const contentHash = ({ type, data }: Publication): string => sha256(JSON.stringify([type, data]));

/** Where a large body is kept. By content, so that a second publisher of an id cannot change what the first one sent. */
export const payloadKey = (eventKey: string, body: string): string =>
  `${payloadPrefixOf(eventKey)}${sha256(body)}`;

/** Where the bodies of an event are. */
export const payloadPrefixOf = (eventKey: string): string =>
  `${payloadPrefixes.outbound}${sha256(eventKey)}/`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The event outlives its deliveries by this. */
const eventOutlives = days(1);

/**
 * How long an event has to be kept from the beginning of a delivery's round: its attempts, an endpoint that fails until it
 * is disabled, and the retention of the result.
 */
export const eventKeptFor = (
  lifetime: Millis,
  settings: Pick<OutboundSettings, 'disableAfter' | 'deliveryRetention'>,
): Seconds =>
  seconds(Math.ceil(lifetime / 1000) + settings.disableAfter + settings.deliveryRetention + eventOutlives);

/** When an event may go, if nothing of it is begun later than now. */
export const eventExpiry = (now: UnixMillis, keptFor: Seconds): UnixSeconds =>
  toUnixSeconds(later(now, keptFor));

/** Whether an event goes before a round that begins now may need it; a few hours are in what it is kept for anyway. */
export const goesTooSoon = (expiresAt: UnixSeconds, now: UnixMillis, keptFor: Seconds): boolean =>
  expiresAt < eventExpiry(now, seconds(keptFor - eventOutlives / 2));

import { hash } from 'node:crypto';
import type { EndpointId, EventId, TenantId } from './ids.ts';
import type { OutboundSettings } from './outbound-settings.ts';
import type { Publication } from './publish-message.ts';
import type { AlteredBodyError } from './stored-body.ts';
import { fitsInItem } from './stored-text.ts';
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

/** A published event, once per tenant and id. Its payload is stored here, or in the payload bucket over 8 KB as stored. */
export interface OutboundEvent {
  /** `tenant#eventId`. */
  readonly id: string;
  readonly eventType: string;
  readonly createdAt: UnixMillis;
  /** The hash of type and data as published; it shows whether a second publication has another body. */
  readonly contentHash: string;
  readonly payload: Payload;
  /** Published to a whole tenant; absent when only to endpoints by their ids. */
  readonly isWide?: boolean;
  /** The endpoints that it is for, found before it was written; absent when they are too many to be named. */
  readonly endpoints?: readonly EndpointId[];
  /** The ranges of a large tenant whose endpoints do not have their deliveries yet. */
  readonly rangesLeft?: readonly string[];
  /** When every endpoint of the tenant had its delivery, and its task was sent. Only for events that do not name their endpoints. */
  readonly fannedOutAt?: UnixMillis;
  /** Later than any delivery can need the event. A replay extends it, and so does the sweep if that is not enough. */
  readonly expiresAt: UnixSeconds;
}

/** The OutboundEvents table. Each write is one conditional write of one item. */
export interface OutboundEventStore {
  /** @returns the event that exists already, else undefined */
  create(event: OutboundEvent): Promise<OutboundEvent | undefined>;
  /** Reads with strong consistency. @param key see `outboundEventKey` */
  read(key: string): Promise<OutboundEvent | undefined>;
  /** Keeps the event until then at least. @returns false when the event is gone */
  keep(key: string, until: UnixSeconds, now: UnixMillis): Promise<boolean>;
  /** Marks that all deliveries of an event for the whole tenant exist. */
  markFannedOut(key: string, at: UnixMillis): Promise<void>;
  /**
   * Makes an event for single endpoints one for the whole tenant.
   *
   * @param endpoints those that it is for, if they are named
   * @returns the event as it is now
   */
  widen(key: string, endpoints?: readonly EndpointId[]): Promise<OutboundEvent | undefined>;
  /** Notes the ranges of a large tenant, unless they are noted or done. @returns the event as it is now */
  split(key: string, ranges: readonly string[]): Promise<OutboundEvent | undefined>;
  /** Removes a range from those that are left. @returns the event as it is now */
  rangeDone(key: string, range: string): Promise<OutboundEvent | undefined>;
}

/** The body that is sent, the same bytes on every attempt. */
export type Payload =
  | { readonly text: string }
  | { readonly s3Key: string }
  /** Something else has changed the stored body, so that it cannot be read. */
  | { readonly damage: AlteredBodyError };

/** The key of an event. A tenant's name has no `#`, so the first one ends it. */
export const outboundEventKey = (tenant: TenantId, eventId: EventId): string => `${tenant}#${eventId}`;

/**
 * The most that a payload takes of its item, compressed or not; a larger one goes into the bucket.
 *
 * A table write is billed by the KB, and a PUT to S3 costs as much as eight of them. A payload in the bucket costs a GET for
 * each attempt besides.
 */
const maxInlinePayloadBytes = 8 * 1024;

/** Whether a payload is stored in the event's item. Only one over 8 KB is compressed to find that out. */
export const isInlinePayload = (body: string): boolean => fitsInItem(body, maxInlinePayloadBytes);

/**
 * Serialises the body for endpoints, once per event.
 *
 * The signed body contains the tenant, because an id is unique within its tenant only. An event without a tenant has no such
 * field.
 */
export const eventBody = ({ id, type, tenant, data }: Publication, createdAt: UnixMillis): string =>
  JSON.stringify({ id, type, tenant: tenant || undefined, created_at: toIsoInstant(createdAt), data });

/** Two publications with equal hashes have the same content. */
export const contentHash = ({ type, data }: Publication): string => sha256(JSON.stringify([type, data]));

/** The key of a large body. It contains a hash, so that a second publisher of an id cannot change what the first one sent. */
export const payloadKey = (eventKey: string, body: string): string =>
  `${payloadPrefixOf(eventKey)}${sha256(body)}`;

/** The place of an event's body. */
export const payloadPrefixOf = (eventKey: string): string =>
  `${payloadPrefixes.outbound}${sha256(eventKey)}/`;

const sha256 = (text: string): string => hash('sha256', text);

/** How much longer than its deliveries an event is kept. */
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

/** When an event may expire, if no round begins later than now. */
export const eventExpiry = (now: UnixMillis, keptFor: Seconds): UnixSeconds =>
  toUnixSeconds(later(now, keptFor));

/** Whether an event expires before a round that begins now may need it. The retention includes a few spare hours. */
export const goesTooSoon = (expiresAt: UnixSeconds, now: UnixMillis, keptFor: Seconds): boolean =>
  expiresAt < eventExpiry(now, seconds(keptFor - eventOutlives / 2));

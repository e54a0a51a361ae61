import * as v from 'valibot';
import { disableReasons, type Endpoint } from '../../../domain/endpoint.ts';
import { secretKinds } from '../../../domain/endpoint-secret.ts';
import { DeliveryIdText, EndpointIdText, EventIdText, TenantIdText } from '../../../domain/ids.ts';
import { Count, FiniteNumber, Instant } from '../../../domain/instant-fields.ts';
import { StoredFilter } from '../../../domain/payload-filter.ts';
import { attentionIndex } from '../../../domain/tables.ts';
import { itemParser } from '../parse-item.ts';

/** The keys of an endpoint. */
export const EndpointKey = v.object({ tenant: TenantIdText, id: EndpointIdText });

const Texts = v.record(v.string(), v.string());

const SealedItem = { sealedBy: v.string(), sealed: v.string() };
/** Version 0.1.0 stored the values as plain text. */
const Headers = v.record(v.string(), v.union([v.object(SealedItem), v.string()]));

const SecretItem = v.object({
  ...SealedItem,
  kind: v.picklist(secretKinds),
  createdAt: Instant,
  endsAt: v.optional(Instant),
});

const DisablementItem = v.object({
  reason: v.picklist(disableReasons),
  at: Instant,
  by: v.optional(
    v.object({
      deliveryId: DeliveryIdText,
      eventId: EventIdText,
      eventType: v.string(),
      attempt: FiniteNumber,
      outcome: v.string(),
    }),
  ),
});

/** An item of the Endpoints table that is an endpoint. */
const EndpointItem = v.object({
  tenant: TenantIdText,
  id: EndpointIdText,
  generation: v.optional(v.string()),
  url: v.string(),
  description: v.string(),
  eventTypes: v.array(v.string()),
  filter: v.optional(StoredFilter),
  headers: Headers,
  metadata: Texts,
  maxPerSecond: v.optional(FiniteNumber),
  maxConcurrent: v.optional(FiniteNumber),
  timeout: v.optional(FiniteNumber),
  retryDelays: v.optional(v.array(FiniteNumber)),
  status: v.picklist(['enabled', 'disabled']),
  disabled: v.optional(DisablementItem),
  secrets: v.array(SecretItem),
  createdAt: Instant,
  updatedAt: Instant,
  version: Count,
  attention: v.optional(v.string()),
  attentionAt: v.optional(Instant),
  heldEmptyAt: v.optional(Instant),
});

const parse = itemParser('endpoint', 'Endpoints', EndpointItem);

/** @throws MalformedItemError */
export function parseEndpoint(item: unknown): Endpoint {
  const { attention: kind, attentionAt, ...endpoint } = parse(item);
  // An item that is only counted needs no work.
  return attentionAt === undefined || kind !== needsAttention ? endpoint : { ...endpoint, attentionAt };
}

const needsAttention = 'yes';

/** An endpoint as an item; it is in the attention index while it has an `attentionAt`. */
export const endpointItem = (endpoint: Endpoint) => ({
  ...endpoint,
  ...attention(endpoint.attentionAt),
});

/** The attention keys with a single partition: `yes` for endpoints that need work, and `jobs`. */
export type AttentionKind = 'yes' | 'jobs';

/**
 * The attention keys with several partitions: `tallies` for the operators to be notified of, and `down` for what is counted as
 * down, which is limiters whose breaker is open and endpoints that we disabled.
 */
export type SpreadAttention = 'tallies' | 'down';

/** The keys of the attention index. */
export const attention = (attentionAt: number | undefined, kind: AttentionKind = 'yes') => ({
  attentionAt,
  attention: attentionAt === undefined ? undefined : kind,
});

/** The key of an endpoint in a spread partition of the attention index. @param endpoint its hash, see `endpointHash` */
export const spreadAttention = (
  attentionAt: number | undefined,
  kind: SpreadAttention,
  endpoint: string,
) => ({
  attentionAt,
  attention: attentionAt === undefined ? undefined : shardOf(kind, shardOfHash(endpoint)),
});

const shardOf = (kind: SpreadAttention, shard: number): string => `${kind}#${shard}`;
const shardOfHash = (hash: string): number => Number.parseInt(hash.slice(0, 2), 16) % attentionIndex.shards;

/** All partitions of a spread key. */
export const shardsOf = (kind: SpreadAttention): readonly string[] =>
  Array.from({ length: attentionIndex.shards }, (_, shard) => shardOf(kind, shard));

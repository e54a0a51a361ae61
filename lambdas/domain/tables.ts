/** Index names, their keys, and shard counts: the contract between `lib/` and the adapters. Every index is keys only. */

/** InboundEvents (pk `id`): failed and ignored events whose bodies are kept, by source and day. Sparse. */
export const keptIndex = { name: 'kept', partitionKey: 'keptDay', sortKey: 'keptAt' } as const;

/**
 * InboundEvents: every key begins with its source, so that a role can be let at those of one source alone.
 *
 * What follows tells what it is: `#` an event, `/` something else. A source's name has neither, so it ends there.
 */
export const inboundKeys = {
  event: (source: string, eventId: string): string => `${source}#${eventId}`,
  /** The listener of a source. */
  tap: (source: string): string => `${source}/tap`,
  /** A token that is good for one body, by its hash. */
  onceOnly: (source: string, tokenHash: string): string => `${source}/once/${tokenHash}`,
} as const;

/** Deliveries (pk `id`): every unfinished delivery by the time at which the sweep must step in. Sparse. */
export const dueIndex = { name: 'due', partitionKey: 'dueShard', sortKey: 'dueAt', shards: 8 } as const;

/** Deliveries: those of one endpoint, newest or oldest first, a partition for a day's quarter. */
export const byEndpointIndex = {
  name: 'byEndpoint',
  partitionKey: 'endpointDay',
  sortKey: 'listedAt',
  sortType: 'string',
  shards: 4,
} as const;

/** Deliveries: those that are held, by endpoint, the oldest first. Sparse. */
export const heldIndex = { name: 'held', partitionKey: 'heldBy', sortKey: 'createdAt' } as const;

/** Deliveries: those that wait for their next attempt, by endpoint and a quarter, the longest first. Sparse. */
export const waitingIndex = {
  name: 'waiting',
  partitionKey: 'waitingBy',
  sortKey: 'waitsSince',
  shards: 4,
} as const;

/**
 * Endpoints (pk `tenant`, sk `id`): those about which something is to be done. Sparse.
 *
 * What an outage of many endpoints writes all at once is spread over `shards` partitions: one takes 1,000 writes a second,
 * and an index that is throttled holds up the table. What a person asks for, or five days of failures, has one partition.
 */
export const attentionIndex = {
  name: 'attention',
  partitionKey: 'attention',
  sortKey: 'attentionAt',
  shards: 8,
} as const;

/** Endpoints: what is no endpoint has a partition that no tenant can be named like. */
export const otherItems = {
  /** A partition for each endpoint. */
  gate: '/gate/',
  eventType: '/event-type',
  job: '/job',
  /** What ended without success, a partition for each endpoint. */
  tally: '/tally/',
  /** How many endpoints there are. */
  count: '/count',
} as const;

/** S3 prefixes of the payload bucket; each has its own lifecycle. */
export const payloadPrefixes = {
  /** By source: bodies over one SQS message, bodies of failed and ignored events, records of refusals. 35 days. */
  inbound: 'inbound/',
  /** Payloads of published events over 8 KB. 100 days. */
  outbound: 'outbound/',
} as const;

/** Where what belongs to a source is: the slash ends its name, so that `git` has nothing of `git-hub`. */
export const inboundPrefix = (source: string): string => `${payloadPrefixes.inbound}${source}/`;

/** Failed and ignored events of a source, for a replay. */
export const keptPrefix = (source: string): string => `${inboundPrefix(source)}kept/`;

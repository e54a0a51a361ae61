/** Indexes, their keys and shard counts: the contract between `lib/` and the adapters. Every index is keys-only. */

/** InboundEvents (pk `id`): kept events by source, day and status (failed or ignored), each in 16 partitions. Sparse. */
export const keptIndex = { name: 'kept', partitionKey: 'keptDay', sortKey: 'keptAt', shards: 16 } as const;

/**
 * InboundEvents: every key begins with its source, so that a role can be limited to the items of one source.
 *
 * After the source, `#` begins an event's id and `/` anything else. A source's name contains neither.
 */
export const inboundKeys = {
  event: (source: string, eventId: string): string => `${source}#${eventId}`,
  /** The listener of a source. */
  tap: (source: string): string => `${source}/tap`,
  /** A once-only token, by its hash. */
  onceOnly: (source: string, tokenHash: string): string => `${source}/once/${tokenHash}`,
} as const;

/** Deliveries (pk `id`): unfinished deliveries by the time at which the sweep must act. Sparse. */
export const dueIndex = { name: 'due', partitionKey: 'dueShard', sortKey: 'dueAt', shards: 8 } as const;

/** Deliveries: by endpoint and time of creation; each day of an endpoint has four partitions. */
export const byEndpointIndex = {
  name: 'byEndpoint',
  partitionKey: 'endpointDay',
  sortKey: 'listedAt',
  sortType: 'string',
  shards: 4,
} as const;

/**
 * Deliveries: those that are held, failed or discarded, by endpoint and status in four partitions, by time of creation. Sparse.
 *
 * Its names are from the time when it had held deliveries only: the key of an index cannot be changed.
 */
export const stoppedIndex = {
  name: 'held',
  partitionKey: 'heldBy',
  sortKey: 'createdAt',
  shards: 4,
} as const;

/** Deliveries: those waiting for their next attempt, by endpoint in four partitions, the longest wait first. Sparse. */
export const waitingIndex = {
  name: 'waiting',
  partitionKey: 'waitingBy',
  sortKey: 'waitsSince',
  shards: 4,
} as const;

/**
 * Endpoints (pk `tenant`, sk `id`): endpoints with pending work for the sweep. Sparse.
 *
 * Writes that an outage of many endpoints causes at once are spread over `shards` partitions: a partition takes 1,000
 * writes a second, and a throttled index throttles its table. Other writes, by people or after five days of failures,
 * share one.
 */
export const attentionIndex = {
  name: 'attention',
  partitionKey: 'attention',
  sortKey: 'attentionAt',
  shards: 8,
} as const;

/** Endpoints: the partitions of other items. They begin with `/`, which a tenant's name cannot contain. */
export const otherItems = {
  /** A partition for each endpoint. */
  limiter: '/limiter/',
  eventType: '/event-type',
  job: '/job',
  /** Deliveries that ended without success; a partition for each endpoint. */
  tally: '/tally/',
  /** The number of endpoints. */
  count: '/count',
  /** Deliveries without a due time; a partition for each shard. */
  manifest: '/manifest/',
  /** How often the endpoints of a tenant have changed; a partition for each tenant. */
  changes: '/changes/',
} as const;

/** A partition takes 1,000 writes a second, and a manifest is written and deleted. */
export const manifestShards = 32;

/** S3 prefixes of the payload bucket; each has its own lifecycle. */
export const payloadPrefixes = {
  /** By source: bodies over one SQS message, bodies of failed and ignored events, records of refusals. 35 days. */
  inbound: 'inbound/',
  /** Payloads of published events over 8 KB. 100 days. */
  outbound: 'outbound/',
} as const;

/** The prefix of a source's objects. The slash ends the name, so the prefix of `git` does not match `git-hub`. */
export const inboundPrefix = (source: string): string => `${payloadPrefixes.inbound}${source}/`;

/** The prefix of a source's kept events, failed or ignored, for replays. */
export const keptPrefix = (source: string): string => `${inboundPrefix(source)}kept/`;

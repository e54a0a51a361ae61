import { createHash } from 'node:crypto';
import type { AttemptPhase } from './attempt-outcome.ts';
import type { FailureCause } from './delivery-failure.ts';
import { byEndpointIndex, dueIndex, waitingIndex } from './tables.ts';
import { type Millis, type Seconds, type UnixMillis, type UnixSeconds, utcDay } from './time.ts';

/** The states of a delivery. `pending` and `held` are unfinished. */
export const deliveryStatuses = ['pending', 'delivered', 'failed', 'held', 'discarded'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** One attempt, as users see it. */
export interface AttemptEntry {
  /** Counted from 1, over all rounds. */
  readonly n: number;
  readonly at: UnixMillis;
  readonly ms: number;
  /** The status of the response, if there was one. */
  readonly status?: number;
  readonly error?: string;
  /** The phase in which it failed, if there was no response; absent in records from before 0.2. */
  readonly phase?: AttemptPhase;
  /** The target of a redirect: scheme, host and path. */
  readonly location?: string;
  /** At most the first KiB of the response's body. */
  readonly sample?: string;
}

/** One event to one endpoint, over all attempts. */
export interface Delivery {
  readonly id: string;
  readonly tenant: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly endpointId: string;
  /** The URL, if the endpoint is not registered. */
  readonly url?: string;
  /** The generation of the registered endpoint that it is for; another endpoint with the same id does not get it. */
  readonly generation?: string;
  /** The same in every log line from publish to attempt. */
  readonly correlationId: string;
  readonly status: DeliveryStatus;
  /** Attempts recorded. */
  readonly attempts: number;
  /** Attempts recorded before this round; each round starts the schedule from its beginning. */
  readonly attemptsBefore: number;
  readonly attemptLog: readonly AttemptEntry[];
  readonly lastAttemptAt?: UnixMillis;
  readonly lastError?: string;
  /** Why it failed. Of a pending delivery, `unready` while a fault of our own keeps it from its attempt. */
  readonly cause?: FailureCause;
  readonly nextAttemptAt?: UnixMillis;
  /** Since when it has waited for its next attempt: by its schedule, or for its endpoint to work again. */
  readonly waitsSince?: UnixMillis;
  readonly createdAt: UnixMillis;
  /** The fencing token: raised by every claim, never lowered. */
  readonly claims: number;
  /** Claims whose worker died, since the last record. */
  readonly crashes: number;
  readonly leaseUntil?: UnixMillis;
  /** Counted from 1; a replay begins the next one. */
  readonly round: number;
  /** The round whose failure is counted for the operators, although its dead letter could not be sent yet. */
  readonly countedRound?: number;
  /** No attempt begins after this. */
  readonly deadline: UnixMillis;
  /** The time from the beginning of a round to its deadline. */
  readonly lifetime: Millis;
  /** When the event may expire, as far as this delivery knows. The sweep extends it in time. */
  readonly eventExpiresAt: UnixSeconds;
  /** How long a new round needs the event. */
  readonly eventKeptFor: Seconds;
  /** Since when its endpoint has been disabled. */
  readonly heldAt?: UnixMillis;
  /** When the sweep must look at it; set while anything is left to do. */
  readonly dueAt?: UnixMillis;
  /** How often the sweep has acted since the last record. */
  readonly sweeps: number;
  /** Only with a terminal status, because unfinished deliveries do not expire. */
  readonly expiresAt?: UnixSeconds;
}

/** The fields that the record of an attempt sets; undefined removes one. It also removes the lease, `crashes` and `sweeps`. */
export interface AttemptRecord {
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly attemptLog: readonly AttemptEntry[];
  readonly lastAttemptAt?: UnixMillis;
  readonly lastError?: string;
  readonly cause?: FailureCause;
  readonly nextAttemptAt?: UnixMillis;
  /** With `nextAttemptAt`. */
  readonly waitsSince?: UnixMillis;
  readonly dueAt?: UnixMillis;
  readonly expiresAt?: UnixSeconds;
  /** Only if it is extended. */
  readonly deadline?: UnixMillis;
}

/** When the deferred attempt may begin. */
export interface Deferral {
  readonly now: UnixMillis;
  readonly until: UnixMillis;
  /** When the sweep must look at it. */
  readonly dueAt: UnixMillis;
  /** How much the deadline is extended. */
  readonly extend: Millis;
  /** Only if the deadline is later than this. */
  readonly deadlineAfter?: UnixMillis;
  /** Since when it waits for its endpoint to work again; undefined when it waits for a slot only. */
  readonly waitsSince?: UnixMillis;
}

/** A worker's right to record: it ends when another worker claims the delivery. */
export interface Fence {
  readonly id: string;
  readonly claims: number;
  readonly round: number;
}

const base32Alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** Names the delivery of one event to one endpoint; 52 lower-case letters and digits. */
export function deliveryId(tenant: string, eventId: string, endpointId: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([tenant, eventId, endpointId]))
    .digest();
  const bits = [...hash].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((group) => base32Alphabet[Number.parseInt(group.padEnd(5, '0'), 2)])
    .join('');
}

/** The first letter of a hash is evenly distributed. */
const shardOf = ({ id }: Pick<Delivery, 'id'>, shards: number): number =>
  Math.max(0, base32Alphabet.indexOf(id[0] ?? 'a')) % shards;

/** The due index's partition of a delivery. */
export const dueShardOf = (id: string): string => String(shardOf({ id }, dueIndex.shards));

/** Spreads the deliveries of a busy endpoint and day over a few partitions. */
export const endpointDayOf = (
  { tenant, endpointId }: Pick<Delivery, 'tenant' | 'endpointId'>,
  day: string,
  shard: number,
): string => `${tenant}/${endpointId}#${day}#${shard}`;

/** The partition of the index by endpoint that a delivery is in. */
export function endpointDayFor(
  delivery: Pick<Delivery, 'id' | 'tenant' | 'endpointId' | 'createdAt'>,
): string {
  const shard = shardOf(delivery, byEndpointIndex.shards);
  return endpointDayOf(delivery, utcDay(delivery.createdAt), shard);
}

/** A delivery in the index by endpoint, which holds keys only. */
export interface ListedDelivery {
  readonly id: string;
  readonly listedAt: string;
}

/** The order in which an endpoint's deliveries are listed; no two are the same. */
export const listedAt = ({ id, createdAt }: Pick<Delivery, 'id' | 'createdAt'>): string =>
  `${String(createdAt).padStart(15, '0')}#${id}`;

/** Names an endpoint among those whose deliveries are held. */
export const heldByOf = ({ tenant, endpointId }: Pick<Delivery, 'tenant' | 'endpointId'>): string =>
  `${tenant}/${endpointId}`;

/** A partition of the index of waiting deliveries, of which an endpoint that is down has many. */
export const waitingByOf = (
  { tenant, endpointId }: Pick<Delivery, 'tenant' | 'endpointId'>,
  shard: number,
): string => `${tenant}/${endpointId}#${shard}`;

/** The partition of a delivery in the index of waiting deliveries; undefined for a URL that is not registered. */
export const waitingByFor = (
  delivery: Pick<Delivery, 'id' | 'tenant' | 'endpointId' | 'url'>,
): string | undefined =>
  delivery.url === undefined ? waitingByOf(delivery, shardOf(delivery, waitingIndex.shards)) : undefined;

/** The most log entries: an item holds 400 KB, so an endless log would make every write fail. */
const keptAtEachEnd = 20;

/** The log with one more entry, trimmed to its first and last twenty. */
export function withEntry(log: readonly AttemptEntry[], entry: AttemptEntry): readonly AttemptEntry[] {
  const all = [...log, entry];
  return all.length <= 2 * keptAtEachEnd
    ? all
    : [...all.slice(0, keptAtEachEnd), ...all.slice(-keptAtEachEnd)];
}

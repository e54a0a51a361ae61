import { hash } from 'node:crypto';
import type { AttemptPhase } from './attempt-outcome.ts';
import type { FailureCause } from './delivery-failure.ts';
import { asDeliveryId, type DeliveryId, type EndpointId, type EventId, type TenantId } from './ids.ts';
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

/** An attempt that the endpoint answered with a 2xx. */
export interface SuccessEntry extends AttemptEntry {
  readonly status: number;
}

/** What the record of a delivery says with every status. */
export interface DeliveryFacts {
  readonly id: DeliveryId;
  readonly tenant: TenantId;
  readonly eventId: EventId;
  readonly eventType: string;
  readonly endpointId: EndpointId;
  /** The URL, if the endpoint is not registered. */
  readonly url?: string;
  /** The generation of the registered endpoint that it is for; another endpoint with the same id does not get it. */
  readonly generation?: string;
  /** The same in every log line from publish to attempt. */
  readonly correlationId: string;
  /** Attempts recorded. */
  readonly attempts: number;
  /** Attempts recorded before this round; each round starts the schedule from its beginning. */
  readonly attemptsBefore: number;
  readonly attemptLog: readonly AttemptEntry[];
  readonly lastAttemptAt?: UnixMillis;
  readonly lastError?: string;
  readonly createdAt: UnixMillis;
  /** The fencing token: raised by every claim, never lowered. */
  readonly claims: number;
  /** Claims whose worker died, since the last record. */
  readonly crashes: number;
  /** Counted from 1; a replay begins the next one. */
  readonly round: number;
  /** No attempt begins after this. */
  readonly deadline: UnixMillis;
  /** The time from the beginning of a round to its deadline. */
  readonly lifetime: Millis;
  /** When the event may expire, as far as this delivery knows. The sweep extends it in time. */
  readonly eventExpiresAt: UnixSeconds;
  /** How long a new round needs the event. */
  readonly eventKeptFor: Seconds;
  /** How often the sweep has acted since the last record. */
  readonly sweeps: number;
}

/** A delivery whose next attempt is due, waits, or is being made. */
export interface PendingDelivery extends DeliveryFacts {
  readonly status: 'pending';
  /** A fault of our own keeps it from its attempt. */
  readonly cause?: 'unready';
  readonly nextAttemptAt?: UnixMillis;
  /** Since when it has waited for its next attempt: by its schedule, for its endpoint to work again, or for the endpoint's limits. */
  readonly waitsSince?: UnixMillis;
  /** Until when a worker owns it. */
  readonly leaseUntil?: UnixMillis;
  /** When the sweep must look at it. Absent before the first failure or wait: until then a manifest names it. */
  readonly dueAt?: UnixMillis;
}

/** A pending delivery that a worker has claimed. */
export interface ClaimedDelivery extends PendingDelivery {
  readonly leaseUntil: UnixMillis;
}

/** A delivery that is not tried because its endpoint is disabled. */
export interface HeldDelivery extends DeliveryFacts {
  readonly status: 'held';
  /** Since when. */
  readonly heldAt: UnixMillis;
  /** When the sweep looks at its endpoint. */
  readonly dueAt: UnixMillis;
}

export interface DeliveredDelivery extends DeliveryFacts {
  readonly status: 'delivered';
  readonly expiresAt: UnixSeconds;
}

export interface FailedDelivery extends DeliveryFacts {
  readonly status: 'failed';
  readonly lastError: string;
  /** Undefined: recorded by a version that did not say, or that knew another cause. */
  readonly cause?: FailureCause;
  /** The round whose failure is counted for the operators, although its dead letter could not be sent yet. */
  readonly countedRound?: number;
  /** When the sweep must send the dead letter; undefined: it is sent. */
  readonly dueAt?: UnixMillis;
  readonly expiresAt: UnixSeconds;
}

/** A delivery that was ended without an attempt: its endpoint was deleted, or it was held for too long. */
export interface DiscardedDelivery extends DeliveryFacts {
  readonly status: 'discarded';
  readonly lastError: string;
  readonly expiresAt: UnixSeconds;
}

/** A delivery that something is left to do for. A due time or a manifest leads the sweep to it, and it never expires. */
type UnfinishedDelivery = PendingDelivery | HeldDelivery;

/** A delivery that can be replayed until it expires. */
export type FinishedDelivery = DeliveredDelivery | FailedDelivery | DiscardedDelivery;

/** One event to one endpoint, over all attempts. */
export type Delivery = UnfinishedDelivery | FinishedDelivery;

/** A delivery in the due index: something is left to do. */
export type DueDelivery = (PendingDelivery | HeldDelivery | FailedDelivery) & { readonly dueAt: UnixMillis };

/** A delivery with this status. */
export type DeliveryOf<Status extends DeliveryStatus> = Extract<Delivery, { readonly status: Status }>;

export const isUnfinished = (delivery: Delivery): delivery is UnfinishedDelivery =>
  delivery.status === 'pending' || delivery.status === 'held';

/** Before when no attempt is made. @returns undefined when one is due, or none is left */
export const nextAttemptAtOf = (delivery: Delivery): UnixMillis | undefined =>
  delivery.status === 'pending' ? delivery.nextAttemptAt : undefined;

/** Whether the sweep must step in at `dueAt`. */
export const isDue = (delivery: Delivery): delivery is DueDelivery =>
  (isUnfinished(delivery) || delivery.status === 'failed') && delivery.dueAt !== undefined;

/** What every record of an attempt sets. */
interface AttemptFacts {
  readonly attempts: number;
  readonly attemptLog: readonly AttemptEntry[];
  readonly lastAttemptAt?: UnixMillis;
}

/** Another attempt follows. */
export interface RetryRecord extends AttemptFacts {
  readonly status: 'pending';
  readonly lastError: string;
  readonly cause?: 'unready';
  readonly nextAttemptAt: UnixMillis;
  /** Only if it waits for its time. */
  readonly waitsSince?: UnixMillis;
  readonly dueAt: UnixMillis;
  /** Only if it is extended. */
  readonly deadline?: UnixMillis;
}

export interface SuccessRecord extends AttemptFacts {
  readonly status: 'delivered';
  readonly expiresAt: UnixSeconds;
}

export interface FailureRecord extends AttemptFacts {
  readonly status: 'failed';
  readonly lastError: string;
  readonly cause: FailureCause;
  /** When the sweep must send the dead letter. */
  readonly dueAt: UnixMillis;
  readonly expiresAt: UnixSeconds;
}

export interface DiscardRecord extends AttemptFacts {
  readonly status: 'discarded';
  readonly lastError: string;
  readonly expiresAt: UnixSeconds;
}

/** What the record of an attempt sets. What it does not have is removed; the lease, `crashes` and `sweeps` end with it. */
export type AttemptRecord = RetryRecord | SuccessRecord | FailureRecord | DiscardRecord;

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
  /** Since when it waits, unless it does already. */
  readonly waitsSince: UnixMillis;
  /** Whether it waits for its endpoint to work again; otherwise it waits for the endpoint's limits. */
  readonly isForEndpoint: boolean;
}

/** A worker's right to record: it ends when another worker claims the delivery. */
export interface Fence extends Pick<DeliveryFacts, 'id' | 'tenant' | 'endpointId'> {
  readonly claims: number;
  readonly round: number;
}

const base32Alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** Names the delivery of one event to one endpoint; 52 lower-case letters and digits. */
export function deliveryId(tenant: TenantId, eventId: EventId, endpointId: EndpointId): DeliveryId {
  return asDeliveryId(base32(hash('sha256', JSON.stringify([tenant, eventId, endpointId]), 'buffer')));
}

/** Five bits a letter; the last letter ends with zeros. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let [held, bits] = [0, 0];
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += base32Alphabet[(held >> (bits - 5)) & 31];
  }
  return bits === 0 ? text : `${text}${base32Alphabet[(held << (5 - bits)) & 31]}`;
}

/** The first letter of a hash is evenly distributed. */
export const shardOf = ({ id }: { readonly id: string }, shards: number): number =>
  Math.max(0, base32Alphabet.indexOf(id[0] ?? 'a')) % shards;

/** The due index's partition of a delivery. */
export const dueShardOf = (id: string): string => String(shardOf({ id }, dueIndex.shards));

/** Spreads the deliveries of a busy endpoint and day over a few partitions. */
export const endpointDayOf = (
  { tenant, endpointId }: Pick<DeliveryFacts, 'tenant' | 'endpointId'>,
  day: string,
  shard: number,
): string => `${tenant}/${endpointId}#${day}#${shard}`;

/** The partition of the index by endpoint that a delivery is in. */
export function endpointDayFor(
  delivery: Pick<DeliveryFacts, 'id' | 'tenant' | 'endpointId' | 'createdAt'>,
): string {
  const shard = shardOf(delivery, byEndpointIndex.shards);
  return endpointDayOf(delivery, utcDay(delivery.createdAt), shard);
}

/** A delivery in the index by endpoint, which holds keys only. */
export interface ListedDelivery {
  readonly id: DeliveryId;
  readonly listedAt: string;
}

/** The order in which an endpoint's deliveries are listed; no two are the same. */
export const listedAt = ({
  id,
  createdAt,
}: {
  readonly id: string;
  readonly createdAt: UnixMillis;
}): string => `${String(createdAt).padStart(15, '0')}#${id}`;

/** A partition of the index of waiting deliveries, of which an endpoint that is down has many. */
export const waitingByOf = (
  { tenant, endpointId }: Pick<DeliveryFacts, 'tenant' | 'endpointId'>,
  shard: number,
): string => `${tenant}/${endpointId}#${shard}`;

/** The partition of a delivery in the index of waiting deliveries; undefined for a URL that is not registered. */
export const waitingByFor = (
  delivery: Pick<DeliveryFacts, 'id' | 'tenant' | 'endpointId' | 'url'>,
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

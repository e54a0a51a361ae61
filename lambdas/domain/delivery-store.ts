import type { StandingDelivery } from './delivery-manifest.ts';
import type {
  AttemptRecord,
  ClaimedDelivery,
  Deferral,
  DeliveredDelivery,
  Delivery,
  DeliveryFacts,
  DeliveryOf,
  DiscardedDelivery,
  FailedDelivery,
  Fence,
  FinishedDelivery,
  HeldDelivery,
  ListedDelivery,
  PendingDelivery,
  SuccessEntry,
} from './delivery-record.ts';
import type { DeliveryId, EndpointId, TenantId } from './ids.ts';
import type { StoppedStatus } from './stopped-deliveries.ts';
import type { UnixMillis, UnixSeconds } from './time.ts';

/** The result of a conditional write: the delivery after it, or the one that refused it; undefined when it does not exist. */
export type DeliveryWrite<After extends Delivery = Delivery> =
  | { readonly ok: true; readonly delivery: After }
  | { readonly ok: false; readonly delivery?: Delivery };

/** An endpoint as the store's queries name it. */
interface EndpointOfTenant {
  readonly tenant: TenantId;
  readonly id: EndpointId;
}

/** A day and a shard of the index by endpoint, with the endpoint that it lists. */
interface ListedEndpoint {
  readonly tenant: TenantId;
  readonly endpointId: EndpointId;
}
interface ListedPartition {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly shard: number;
}

/** The endpoint of stopped deliveries. */
export type StoppedEndpoint = ListedEndpoint;

/** Which part of the index of stopped deliveries to read, in which order. Both places are as `listedAt` writes them, and not included. */
export interface StoppedBounds {
  readonly above: string;
  readonly below: string;
  readonly order: 'oldest first' | 'newest first';
}

/** A page of stopped deliveries. `next` is the place of the last one, if more may follow. */
export interface StoppedPage {
  readonly keys: readonly ListedDelivery[];
  readonly next?: string;
}

/** How many deliveries of an endpoint wait. */
export interface WaitCount {
  /** If it is not exact, there are more. */
  readonly count: number;
  readonly isExact: boolean;
  /** Since when the oldest waits; undefined when none does. */
  readonly since?: UnixMillis;
}

/** Where a page of the due index ended; opaque to the caller. */
export type DueCursor = Record<string, unknown>;

/**
 * The Deliveries table. Each write is one conditional write of one item.
 *
 * `read` and `readAll` are consistent. Every other query reads an index, which is eventually consistent.
 */
export interface DeliveryStore {
  /** @returns the delivery that exists already, else undefined */
  create(delivery: Delivery): Promise<Delivery | undefined>;
  read(id: DeliveryId): Promise<Delivery | undefined>;

  /**
   * Claims a pending delivery without a lease, whose attempt is not recorded and which is due before `soon`. Raises
   * `claims`, the fencing token.
   */
  claim(
    id: DeliveryId,
    attempt: number,
    until: { readonly soon: UnixMillis; readonly lease: UnixMillis },
  ): Promise<DeliveryWrite<ClaimedDelivery>>;
  /** Makes the record of an announced delivery, claimed. Refused by a record that exists and has not expired. */
  claimAnnounced(
    first: PendingDelivery,
    now: UnixMillis,
    lease: UnixMillis,
  ): Promise<DeliveryWrite<ClaimedDelivery>>;
  /** Claims a delivery whose lease ran out without a record, if nothing has claimed it since. Raises `crashes`, too. */
  claimSuspect(
    expected: PendingDelivery,
    attempt: number,
    now: UnixMillis,
    lease: UnixMillis,
  ): Promise<DeliveryWrite<ClaimedDelivery>>;
  /** Records an attempt while the claim is still ours. */
  record<Outcome extends AttemptRecord>(
    fence: Fence,
    record: Outcome,
  ): Promise<DeliveryWrite<DeliveryOf<Outcome['status']>>>;
  /** Records a success of this round without comparing the fencing token. Sets only status, end and log entry. */
  recordLateSuccess(
    fence: Fence,
    entry: SuccessEntry,
    expiresAt: UnixSeconds,
  ): Promise<DeliveryWrite<DeliveredDelivery>>;

  /** Defers an attempt that is not recorded and has no lease. */
  defer(id: DeliveryId, attempt: number, times: Deferral): Promise<DeliveryWrite<PendingDelivery>>;
  /** Ends the wait of a pending delivery without a claim, if its next attempt is still at the expected time. */
  endWait(expected: PendingDelivery, dueAt: UnixMillis): Promise<DeliveryWrite<PendingDelivery>>;

  /** Holds a pending delivery without a live lease. */
  hold(
    delivery: Pick<DeliveryFacts, 'id' | 'tenant' | 'endpointId'>,
    now: UnixMillis,
    dueAt: UnixMillis,
  ): Promise<DeliveryWrite<HeldDelivery>>;
  /** Makes a held delivery pending again, with a new deadline. @param dueAt when the sweep must look at it */
  release(
    expected: HeldDelivery,
    now: UnixMillis,
    dueAt: UnixMillis,
  ): Promise<DeliveryWrite<PendingDelivery>>;
  /** Ends a delivery that is held, or pending without a live lease, if it is for the expected generation. */
  discard(
    expected: Pick<DeliveryFacts, 'id' | 'tenant' | 'endpointId' | 'generation'>,
    reason: string,
    now: UnixMillis,
    expiresAt: UnixSeconds,
  ): Promise<DeliveryWrite<DiscardedDelivery>>;
  /**
   * Begins the next round of an ended delivery, if round and status are as expected.
   *
   * @param generation the endpoint that it is for from now on
   */
  reopen(
    expected: FinishedDelivery,
    eventExpiresAt: UnixSeconds,
    now: UnixMillis,
    dueAt: UnixMillis,
    generation: string | undefined,
  ): Promise<DeliveryWrite<PendingDelivery>>;

  /** Moves a delivery in the due index, if no other sweep has moved it. */
  moveDue(
    expected: { readonly id: DeliveryId; readonly dueAt: UnixMillis },
    dueAt: UnixMillis,
    sweeps: number,
    eventExpiresAt: UnixSeconds,
  ): Promise<DeliveryWrite>;
  /** Takes an ended delivery out of the due index, unless another round has begun. */
  clearDue(id: DeliveryId, round: number): Promise<DeliveryWrite>;
  /** Notes that the failure of a round is counted. */
  noteCounted(id: DeliveryId, round: number): Promise<DeliveryWrite<FailedDelivery>>;

  /** One page of a shard of the due index, the longest overdue first. */
  due(
    shard: number,
    now: UnixMillis,
    after?: DueCursor,
  ): Promise<{ readonly ids: readonly DeliveryId[]; readonly next?: DueCursor }>;
  /** The oldest held deliveries of an endpoint. */
  heldOf(endpoint: EndpointOfTenant, limit: number): Promise<readonly DeliveryId[]>;
  /** The deliveries of an endpoint that have waited since before `upTo`, the longest first. */
  waitingOf(endpoint: EndpointOfTenant, upTo: UnixMillis, limit: number): Promise<readonly DeliveryId[]>;
  /** Counts the held deliveries of an endpoint, by their creation. @param atMost the most to count in each partition of the index */
  countHeld(endpoint: EndpointOfTenant, atMost: number): Promise<WaitCount>;
  /** Counts the waiting deliveries of an endpoint. @param atMost the most to count in each partition of the index */
  countWaiting(endpoint: EndpointOfTenant, atMost: number): Promise<WaitCount>;
  /** The held, failed or discarded deliveries of an endpoint, created between the bounds. */
  stopped(
    endpoint: StoppedEndpoint,
    statuses: readonly StoppedStatus[],
    bounds: StoppedBounds,
    limit: number,
  ): Promise<StoppedPage>;
  /** The deliveries of one partition, the newest first. */
  newest(
    endpoint: ListedEndpoint,
    partition: ListedPartition,
    bounds: { readonly from: string; readonly before: string },
    limit: number,
  ): Promise<readonly ListedDelivery[]>;
  /**
   * Reads what the sweep needs of deliveries that a manifest names; omits those that do not exist.
   *
   * @param isConsistent otherwise the last writes may be missing
   * @param onMalformed gets an error for each malformed one, which is omitted, too
   */
  standings(
    ids: readonly DeliveryId[],
    isConsistent: boolean,
    onMalformed: (error: Error) => void,
  ): Promise<readonly StandingDelivery[]>;
  /**
   * Reads deliveries, the oldest first. Omits those that have expired, and malformed ones.
   *
   * @param onMalformed gets an error for each malformed one
   */
  readAll(ids: readonly DeliveryId[], onMalformed: (error: Error) => void): Promise<readonly Delivery[]>;
}

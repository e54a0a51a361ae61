import { type FailureCause, isFailureCause } from './delivery-failure.ts';
import type { AttemptEntry, FailedDelivery } from './delivery-record.ts';
import type { DeliveryId, EndpointId, EventId, TenantId } from './ids.ts';
import { type Seconds, seconds, type UnixMillis } from './time.ts';

/** A delivery that ended without success, as operators are notified of it. */
export interface EndedDelivery {
  readonly tenant: TenantId;
  readonly endpointId: EndpointId;
  readonly deliveryId: DeliveryId;
  /** The round in which it failed; a delivery fails once in each. */
  readonly round: number;
  readonly eventId: EventId;
  readonly eventType: string;
  readonly attempts: number;
  readonly reason: string;
  readonly cause?: FailureCause;
  readonly host?: string;
  readonly lastAttempt?: Pick<AttemptEntry, 'n' | 'at' | 'ms' | 'status' | 'error'>;
}

/** The deliveries of one endpoint that ended without success since the operators were last notified. */
export interface FailureTally {
  /** The hash of the endpoint. */
  readonly name: string;
  /**
   * May be too high: a failure counts twice if its worker dies before the dead letter, and another one is counted meanwhile or
   * together with it. Never too low.
   */
  readonly count: number;
  /** When the first of them ended. */
  readonly since: UnixMillis;
  /** The operators are not notified again before this. */
  readonly notifyAt: UnixMillis;
  readonly last: EndedDelivery;
}

/** Failure tallies, one for each endpoint, in the Endpoints table. */
export interface FailureTallyStore {
  /**
   * Counts failed deliveries of an endpoint. The same delivery twice in a row counts once.
   *
   * @param ended the last of them
   * @param count how many there are. Several are always counted, unless it is this very call that is repeated. @default 1
   */
  add(ended: EndedDelivery, now: UnixMillis, count?: number): Promise<void>;
  /** The names of tallies whose notification is due, at most `talliesAtOnce` of each partition; eventually consistent. */
  due(now: UnixMillis): Promise<readonly string[]>;
  /** Consistent. @returns undefined when the tally is empty */
  read(name: string): Promise<FailureTally | undefined>;
  /** Subtracts the notified failures; later ones are due at `next`. Does nothing if another sweep has notified them. */
  notified(expected: FailureTally, next: UnixMillis, now: UnixMillis): Promise<void>;
}

/** The least time between two notices about one endpoint. */
export const notificationPause: Seconds = seconds(3_600);

/** The tallies in one page of one partition. */
export const talliesAtOnce = 200;

/** The longest text on a tally, since an item is billed by the KB. */
const maxChars = 300;
const short = (text: string): string => text.slice(0, maxChars);

/** @param host the host of its endpoint's URL */
export function endedDelivery(delivery: FailedDelivery, host: string | undefined): EndedDelivery {
  const { id, tenant, endpointId, eventId, eventType, attempts, round, lastError, cause } = delivery;
  const last = delivery.attemptLog.at(-1);
  return {
    tenant,
    endpointId,
    deliveryId: id,
    round,
    eventId,
    eventType,
    attempts,
    cause,
    host,
    reason: short(lastError),
    lastAttempt: last && {
      n: last.n,
      at: last.at,
      ms: last.ms,
      status: last.status,
      error: last.error && short(last.error),
    },
  };
}

/** Reads a cause, which a later version may have written. */
export const knownCause = (text: string | undefined): FailureCause | undefined =>
  text !== undefined && isFailureCause(text) ? text : undefined;

import type { EndpointId, TenantId } from './ids.ts';
import type { EndpointLimits, LimiterState } from './limiter.ts';
import type { Millis, UnixMillis } from './time.ts';

/**
 * Endpoint health after one request: `up`, `slow` (success over 5 s), `refusing` (4xx), `down` (5xx, timeout, network), `hanging`
 * (no response yet, or cut before the endpoint's own deadline: neither a success nor a failure).
 */
export type EndpointHealth = 'up' | 'slow' | 'refusing' | 'down' | 'hanging';

/** The endpoint that a limiter is for. */
export interface LimitedEndpoint {
  readonly tenant: TenantId;
  readonly endpointId: EndpointId;
  /** False for a URL under a name that the publisher chose. */
  readonly isRegistered: boolean;
}

/** The right to make one request to an endpoint, until it is released or runs out. */
export interface Slot {
  /** The hash of the endpoint, see `endpointHash`. */
  readonly limiterKey: string;
  readonly of: LimitedEndpoint;
  /** The slot's name among those of the endpoint. */
  readonly name: string;
  readonly until: UnixMillis;
  readonly isProbe: boolean;
  /** For a probe: how many failed since the breaker opened. */
  readonly failedProbes?: number;
  /** A person asked for the request while the breaker or `Retry-After` kept others out. */
  readonly isByHand: boolean;
  readonly limits: EndpointLimits;
  /** The moving average of the time to a response, as of when the slot was taken. */
  readonly answerMs?: Millis;
}

/** What is noted of an endpoint that has no limits, without a slot. */
export interface HealthNote {
  readonly health: EndpointHealth;
  /** The time to the response, or to the failure; undefined while the request is under way. */
  readonly took?: Millis;
  /** Failures in a row, as far as the process knows. */
  readonly failures: number;
  readonly limits: EndpointLimits;
}

/** When the slot is taken, and until when. */
export interface SlotTimes {
  readonly now: UnixMillis;
  readonly until: UnixMillis;
  /** When the next request may begin, under a rate limit. */
  readonly nextAt?: UnixMillis;
  /** Take the slot only if the endpoint's last request succeeded. */
  readonly ifProven: boolean;
  /** The time under the rate limit that the request has reserved by `reservePlace`; `nextAt` stays then. */
  readonly place?: UnixMillis;
}

/** A slot was taken, or the state that refused it. */
type SlotWrite = { readonly ok: boolean; readonly state: LimiterState };

/** The request that opens a breaker. */
export type OpenedBy = Pick<Slot, 'limiterKey' | 'of' | 'until' | 'isProbe'>;

/** The limiters of endpoints: one item for each endpoint, each write conditional. */
export interface LimiterStore {
  /** Reads with strong consistency. */
  read(limiterKey: string): Promise<LimiterState>;
  /** Takes a free slot, if the rate allows it and the breaker is closed. */
  take(limiterKey: string, slot: string, times: SlotTimes): Promise<SlotWrite>;
  /** Takes the only slot of an endpoint that is down, unless another worker has taken it. */
  probe(limiterKey: string, expectedOpenUntil: UnixMillis, until: UnixMillis): Promise<SlotWrite>;
  /** Takes the only slot for requests by hand. Ignores the breaker and the rate. */
  takeByHand(limiterKey: string, now: UnixMillis, until: UnixMillis): Promise<boolean>;
  /** Stops all requests until then, the breaker's probes included. Never shortens an earlier stop. */
  hold(limiterKey: string, until: UnixMillis): Promise<void>;
  /**
   * Releases a slot that is still ours, and records the endpoint's health; undefined when it is unknown.
   *
   * @param took the time to the response
   */
  leave(
    slot: Slot,
    health: EndpointHealth | undefined,
    now: UnixMillis,
    took?: Millis,
  ): Promise<LimiterState>;
  /** Records what a request without a slot showed. Creates the item, except for a success. */
  note(limiterKey: string, note: HealthNote, now: UnixMillis): Promise<LimiterState>;
  /** Opens the breaker, unless it is open. A probe opens it again. */
  open(opened: OpenedBy, until: UnixMillis, now: UnixMillis): Promise<void>;
  /** Reserves the next time that the rate allows. @returns undefined when that is later than `upTo`, or now */
  reservePlace(
    limiterKey: string,
    interval: Millis,
    now: UnixMillis,
    upTo: UnixMillis,
  ): Promise<UnixMillis | undefined>;
  /** Reserves a time for one waiting task; reservations are `span` apart. */
  reserve(limiterKey: string, span: Millis, now: UnixMillis): Promise<UnixMillis>;
  /** Forgets the times that are reserved for waiting tasks, because a limit was raised. */
  clearPlaces(limiterKey: string): Promise<LimiterState>;
  /** Forgets failures, breaker and `Retry-After`, because a person says that the endpoint works again. */
  reset(limiterKey: string): Promise<void>;
}

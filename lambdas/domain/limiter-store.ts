import type { EndpointId, TenantId } from './ids.ts';
import type { EndpointLimits, Lease, LimiterState, SlotOffer } from './limiter.ts';
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

/** Slots that a worker has, until they are given back or run out. Only the holder of the token can give them back. */
export interface HeldLease extends Lease {
  readonly kind: 'lease';
  readonly token: string;
}

/** The only slot of an endpoint that is down. No other probe has the same `until`. */
interface HeldProbe {
  readonly kind: 'probe';
  readonly until: UnixMillis;
  /** How many failed since the breaker opened. */
  readonly failedProbes?: number;
}

/** The only slot for requests by hand. */
interface HeldHand {
  readonly kind: 'hand';
  readonly token: string;
  readonly until: UnixMillis;
}

export type Held = HeldLease | HeldProbe | HeldHand;

/** The right to make requests to an endpoint. */
export interface Slot<Of extends Held = Held> {
  /** The hash of the endpoint, see `endpointHash`. */
  readonly limiterKey: string;
  readonly of: LimitedEndpoint;
  readonly limits: EndpointLimits;
  readonly held: Of;
  /** A person asked for the request. */
  readonly isByHand?: boolean;
  /** The moving average of the time to a response, as of when the slot was taken. */
  readonly answerMs?: Millis;
}

/**
 * What requests that ended together showed: what the last one showed, and what the ones before it have changed. `hanging` shows
 * nothing but that, so it is left out of `health`, `failures` and `after` if there were others.
 */
export interface Shown {
  readonly health: EndpointHealth;
  /** The failures in a row at the end that found the endpoint down, if `health` is `down`; 1 by default. */
  readonly failures?: number;
  /** Before these failures an earlier one of the requests was answered, or even taken. */
  readonly after?: 'refusal' | 'success';
  /** The time to the response: their average. */
  readonly took?: Millis;
  /** One of them was slow, see `isSlowIn`; by default, if `health` says it. */
  readonly isSlow?: boolean;
  /** The quick successes after that one; by default 1 if `health` is `up`. */
  readonly quick?: number;
  /** The last request was `hanging`. Earlier ones may have shown something else. */
  readonly endsHanging?: boolean;
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

/** Asks for slots, and as many places under a rate. */
export interface SlotAsk extends Omit<SlotOffer, 'kind'> {
  readonly now: UnixMillis;
  readonly until: UnixMillis;
  readonly limits: EndpointLimits;
}

/** Slots were taken, or the state that refused them. */
export type SlotWrite =
  | {
      readonly ok: true;
      readonly state: LimiterState;
      readonly held: HeldLease;
      /** The time of the first place under a rate; the others follow by the rate. */
      readonly firstAt: UnixMillis;
    }
  | { readonly ok: false; readonly state: LimiterState };

/** The request that opens a breaker. */
export interface OpenedBy extends Pick<Slot, 'limiterKey' | 'of'> {
  /** Set for a probe. */
  readonly probeUntil?: UnixMillis;
}

/** The limiters of endpoints: one item for each endpoint, each write conditional. */
export interface LimiterStore {
  /** Reads with strong consistency. */
  read(limiterKey: string): Promise<LimiterState>;
  /** Leases free slots, if the rate allows them and the breaker is closed: all of them, or none. */
  take(limiterKey: string, ask: SlotAsk): Promise<SlotWrite>;
  /** Takes the only slot of an endpoint that is down, unless another worker has taken it. */
  probe(
    limiterKey: string,
    expectedOpenUntil: UnixMillis,
    until: UnixMillis,
  ): Promise<{ readonly ok: boolean; readonly state: LimiterState }>;
  /** Takes the only slot for requests by hand. Ignores the breaker and the rate. @returns undefined when it is taken */
  takeByHand(limiterKey: string, now: UnixMillis, until: UnixMillis): Promise<HeldHand | undefined>;
  /** Stops all requests until then, the breaker's probes included. Never shortens an earlier stop. */
  hold(limiterKey: string, until: UnixMillis): Promise<void>;
  /**
   * Gives slots back that are still ours, and records what their requests showed; undefined when none was made.
   *
   * @param count how many of a lease's slots; the others stay taken
   */
  leave(slot: Slot, shown: Shown | undefined, now: UnixMillis, count?: number): Promise<LimiterState>;
  /** Records what a request without a slot showed. Creates the item, except for a success. */
  note(limiterKey: string, note: HealthNote, now: UnixMillis): Promise<LimiterState>;
  /** Opens the breaker, unless it is open. A probe opens it again. */
  open(opened: OpenedBy, until: UnixMillis, now: UnixMillis): Promise<void>;
  /** Reserves times for waiting tasks; reservations are `span` apart. @returns the first of them */
  reserve(limiterKey: string, span: Millis, now: UnixMillis, count?: number): Promise<UnixMillis>;
  /** Forgets the times that are reserved for waiting tasks, because a limit was raised. */
  clearPlaces(limiterKey: string): Promise<LimiterState>;
  /** Forgets failures, breaker and `Retry-After`, because a person says that the endpoint works again. */
  reset(limiterKey: string): Promise<void>;
}

import {
  breakerOf,
  concurrencyOf,
  countOf,
  type EndpointLimits,
  isFree,
  type LimiterState,
} from './limiter.ts';
import type { Millis, UnixMillis } from './time.ts';

/**
 * Why the deliveries of an enabled endpoint wait, the most important reason first. `unproven`: its last request got no
 * response. `schedule`: the endpoint would get them now, but each of them has failed and waits for its next attempt.
 */
export const waitReasons = [
  'breaker',
  'retry-after',
  'unproven',
  'slow',
  'failing',
  'concurrency',
  'rate',
  'schedule',
] as const;

/** What holds back the deliveries of an endpoint. */
export interface EndpointWait {
  readonly why: (typeof waitReasons)[number];
  /** No request before this, except by hand. */
  readonly until?: UnixMillis;
  /** How many requests may run at once, and how many do. */
  readonly slots?: { readonly taken: number; readonly of: number };
  /** The usual time to a response. */
  readonly answerMs?: Millis;
  /** The time that is reserved for the last delivery that waits for a limit. */
  readonly lastPlaceAt?: UnixMillis;
}

/** Says what holds back the deliveries of an endpoint, from the state of its limiter. */
export function endpointWait(
  state: LimiterState,
  limits: Pick<EndpointLimits, 'concurrent' | 'perSecond'>,
  now: UnixMillis,
): EndpointWait {
  const { state: breaker, nextProbeAt, retryAfter } = breakerOf(state, now);
  if (breaker !== 'closed') return { why: 'breaker', until: nextProbeAt };
  if (retryAfter !== undefined) return { why: 'retry-after', until: retryAfter };
  const of = concurrencyOf(limits, state);
  const taken = countOf(Object.entries(state.slots).filter(([, { until }]) => until > now));
  const lastPlaceAt = (state.reservedUntil ?? 0) > now ? state.reservedUntil : undefined;
  const isHeldBack = taken >= of || lastPlaceAt !== undefined;
  if (!isHeldBack || isFree(state, limits, now)) return { why: 'schedule' };
  return {
    why: limitOf(state, limits, taken >= of),
    slots: { taken, of },
    answerMs: state.answerMs,
    lastPlaceAt,
  };
}

function limitOf(
  { provenAt, slowAt }: LimiterState,
  { concurrent, perSecond }: Pick<EndpointLimits, 'concurrent' | 'perSecond'>,
  isFull: boolean,
): EndpointWait['why'] {
  if (provenAt === undefined) return 'unproven';
  if (perSecond !== undefined && !(isFull && concurrent !== undefined)) return 'rate';
  if (concurrent !== undefined) return 'concurrency';
  return slowAt === undefined ? 'failing' : 'slow';
}

import { later, type Millis, millis, type Seconds, seconds, type UnixMillis, unixMillis } from './time.ts';

/** Limits of the requests to one endpoint. */
export interface EndpointLimits {
  /** Concurrent requests; undefined means no limit. */
  readonly concurrent?: number;
  /** Requests a second; undefined means no limit. */
  readonly perSecond?: number;
  /** Failures in a row after which attempts wait for a probe to succeed. */
  readonly breakAfter: number;
  /** How long an endpoint may fail without one success before it is disabled. */
  readonly disableAfter: Seconds;
}

/** Slots that a worker has taken by one write. */
export interface Lease {
  readonly count: number;
  /** They are free again then, if their worker dies. */
  readonly until: UnixMillis;
}

/** Leases by the token of their holder. */
export type Leases = Readonly<Record<string, Lease>>;

/** The state of one endpoint's limiter, shared by all workers. */
export interface LimiterState {
  /** The taken slots. */
  readonly slots: Leases;
  /** The rate limit allows no request before this. */
  readonly nextAt?: UnixMillis;
  /** Consecutive failures that count as an endpoint that is down. */
  readonly failures: number;
  /** The first failed attempt since the last success, or since a pause as long as `disableAfter`. */
  readonly failingSince?: UnixMillis;
  /** The last failed attempt. */
  readonly failedAt?: UnixMillis;
  /** The breaker is open until then; after that one probe goes. */
  readonly openUntil?: UnixMillis;
  /** When the breaker opened. */
  readonly openedAt?: UnixMillis;
  /** A probe is running until then at the latest. */
  readonly probe?: UnixMillis;
  /** The endpoint asked for no requests before this, by a 429 or 503 with `Retry-After`. */
  readonly retryAfter?: UnixMillis;
  /** Failed probes since the breaker opened. */
  readonly probes: number;
  /** When the last request got a response; absent after one that did not. */
  readonly provenAt?: UnixMillis;
  /** When a request last turned out to be slow; absent after `quickAgainAfter` quick successes. */
  readonly slowAt?: UnixMillis;
  /** How many quick successes are still needed. */
  readonly slowLeft?: number;
  /** The usual time to a response: a moving average. */
  readonly answerMs?: Millis;
  /** The last time that is reserved for a delivery that waits. */
  readonly reservedUntil?: UnixMillis;
}

/** An endpoint without limits gets at most this many requests at once while it is slow or failing. */
const watchedConcurrent = 10;
/** An endpoint with a rate, but without a limit of its concurrency, has as many slots as requests a second, and at least these. */
const ratedConcurrent = 100;

/** The limits that an endpoint or the stack sets. */
type SetLimits = Pick<EndpointLimits, 'concurrent' | 'perSecond'>;

/** How many requests may run at once, if slots are counted. @param state fewer to an endpoint that is not proven */
export function concurrencyOf(
  { concurrent, perSecond }: SetLimits,
  state?: Pick<LimiterState, 'provenAt'>,
): number {
  const most =
    concurrent ??
    (perSecond === undefined ? watchedConcurrent : Math.max(ratedConcurrent, Math.ceil(perSecond)));
  return state !== undefined && state.provenAt === undefined ? Math.min(most, unprovenConcurrent) : most;
}

/** Whether nothing is known against an endpoint: no failure, no slow response, no open breaker, no `Retry-After`. */
export const isClean = (state: LimiterState, now: UnixMillis): boolean =>
  !isFailing(state) && state.slowAt === undefined && (state.retryAfter ?? 0) <= now;

/** Whether the last requests failed: the endpoint is down, or refuses what it gets. */
export const isFailing = ({ failures, failingSince, openUntil }: LimiterState): boolean =>
  failures > 0 || failingSince !== undefined || openUntil !== undefined;

/** Whether requests need no slot: the endpoint has no limits, and nothing is known against it. */
export const isFree = (state: LimiterState, { concurrent, perSecond }: SetLimits, now: UnixMillis): boolean =>
  concurrent === undefined && perSecond === undefined && isClean(state, now);

/**
 * The quick successes since its last slow request after which an endpoint counts as quick again. A quick refusal or failure
 * between them neither counts nor begins the count again: it says nothing about how long a success takes.
 *
 * Each time it does so too early, one request is cut and made again. With 20 that is at most one in 55 of an endpoint whose
 * responses are now quick, now slow, however often: p (1 - p)^20 is greatest for p = 1/21.
 */
export const quickAgainAfter = 20;

/** Whether the tasks of an endpoint go to the sideline queue: it is slow, or its breaker is open. */
export const isSidelined = ({ slowAt, openUntil }: LimiterState): boolean =>
  slowAt !== undefined || openUntil !== undefined;

/** Concurrency for an endpoint that has not answered recently: if it hangs, it blocks at most this many workers. */
export const unprovenConcurrent = 2;

/** The most slots that a worker takes by one write, so that it leaves some to the others. */
export const shareOf = (limits: EndpointLimits): number => Math.max(1, Math.floor(concurrencyOf(limits) / 4));

/** Why a request has to wait, and until when at least. */
export interface LimiterWait {
  readonly why: 'rate' | 'concurrency' | 'breaker' | 'retry-after';
  readonly until: UnixMillis;
}

/** Slots that a worker may ask for. */
export interface SlotOffer {
  readonly kind: 'take';
  readonly count: number;
  /** Leases that are over, and whose slots are needed. */
  readonly ended: Leases;
  /** Under a rate: whether its time line has places that are taken already, so that the next ones follow them. */
  readonly isInLine: boolean;
}

/** What to do if no slot was free at once. */
export type LimiterDecision =
  | SlotOffer
  /** The one request that an open breaker lets through (half-open). */
  | { readonly kind: 'probe'; readonly openUntil: UnixMillis }
  | { readonly kind: 'wait'; readonly wait: LimiterWait };

/** Decides from the state that refused the slots. @param wanted how many tasks the worker has for the endpoint */
export function decide(
  state: LimiterState,
  limits: EndpointLimits,
  now: UnixMillis,
  wanted = 1,
): LimiterDecision {
  const { openUntil, nextAt, retryAfter } = state;
  const probeAt = probeTimeOf(state);
  if (openUntil !== undefined && probeAt !== undefined) {
    return probeAt <= now
      ? { kind: 'probe', openUntil }
      : { kind: 'wait', wait: { why: 'breaker', until: probeAt } };
  }
  if (retryAfter !== undefined && retryAfter > now)
    return { kind: 'wait', wait: { why: 'retry-after', until: retryAfter } };
  const places = placesWithin(nextAt, limits, now);
  if (places < 1) return { kind: 'wait', wait: { why: 'rate', until: nextAt ?? now } };
  const allowed = concurrencyOf(limits, state);
  const leases = Object.entries(state.slots);
  const over = leases.filter(([, { until }]) => until <= now).slice(0, mostEnded);
  const taken = countOf(leases);
  const count = Math.min(wanted, places, shareOf(limits), allowed - taken + countOf(over));
  if (count < 1)
    return { kind: 'wait', wait: { why: 'concurrency', until: unixMillis(now + slotSpan(state, limits)) } };
  const ended = taken + count > allowed ? Object.fromEntries(over) : {};
  const isInLine = limits.perSecond !== undefined && nextAt !== undefined && nextAt > now;
  return { kind: 'take', count, ended, isInLine };
}

/** How many slots are leased. */
export const countOf = (leases: readonly (readonly [string, Lease])[]): number =>
  leases.reduce((sum, [, { count }]) => sum + count, 0);

/** The most leases that one write ends. */
const mostEnded = 4;

/** The longest wait of a task within the invocation; for a longer one it goes back to the queue. */
export const shortWait = millis(1_000);

/** How many places the rate has from now on that begin within a short wait. */
function placesWithin(
  nextAt: UnixMillis | undefined,
  { perSecond }: EndpointLimits,
  now: UnixMillis,
): number {
  if (perSecond === undefined) return Number.POSITIVE_INFINITY;
  const ahead = now + shortWait - Math.max(nextAt ?? now, now);
  return ahead < 0 ? 0 : Math.floor((ahead * perSecond) / 1_000) + 1;
}

/** The time between the first and the last of so many places and one more, to the microsecond. */
export const spanOf = (places: number, perSecond: number): Millis =>
  millis(Math.ceil((places * 1_000_000) / perSecond) / 1_000);

/** Until the first response, an endpoint is taken to answer within a second. */
const assumedAnswer = millis(1_000);

/** The time after which one more slot is free, when all are taken. */
export const slotSpan = (
  { answerMs = assumedAnswer }: Pick<LimiterState, 'answerMs'>,
  limits: SetLimits,
): Millis => millis(Math.max(1, Math.ceil(answerMs / concurrencyOf(limits))));

/** The moving average of the time to a response, after one more. */
export const averageAnswer = (before: Millis | undefined, took: Millis): Millis =>
  millis(Math.round(before === undefined ? took : before + (took - before) / 5));

/** The time between two requests under a rate limit. */
export const intervalOf = (perSecond: number): Millis => millis(Math.ceil(1000 / perSecond));

/** Waiting tasks are spread over this time, so that they do not come back all at once. */
export const spreadOf = (
  { why }: Pick<LimiterWait, 'why'>,
  limits: EndpointLimits,
  state: Pick<LimiterState, 'answerMs'>,
): Millis =>
  why === 'rate' && limits.perSecond !== undefined ? intervalOf(limits.perSecond) : slotSpan(state, limits);

/** The first pause of an endpoint that is down; each failed probe doubles it. */
const firstPause = seconds(30);
/** The longest delay that SQS allows. */
const longestPause = seconds(900);

/** How long a breaker stays open before the next probe. */
export const breakerPause = (probes: number): Seconds =>
  seconds(Math.min(firstPause * 2 ** probes, longestPause));

/** Whether a request's outcome opens the breaker. */
export const opensBreaker = (
  { failures, openUntil }: LimiterState,
  { breakAfter }: EndpointLimits,
  isProbe: boolean,
): boolean => isProbe || (failures >= breakAfter && openUntil === undefined);

/** Whether an endpoint has failed for too long, as of the last failure. */
export const hasFailedTooLong = (
  { failingSince, failedAt }: LimiterState,
  { disableAfter }: EndpointLimits,
): boolean =>
  failingSince !== undefined && failedAt !== undefined && later(failingSince, disableAfter) <= failedAt;

/** When the next probe may go: after the pause, and not before the endpoint allows it. Undefined while the breaker is closed. */
const probeTimeOf = ({ openUntil, retryAfter }: LimiterState): UnixMillis | undefined =>
  openUntil === undefined ? undefined : unixMillis(Math.max(openUntil, retryAfter ?? 0));

/** Whether a wait ends when the endpoint works again, and is not due to its limits. */
export const waitsForEndpoint = ({ why }: Pick<LimiterWait, 'why'>): boolean =>
  why === 'breaker' || why === 'retry-after';

/** Closed: requests go. Open: none goes. Half-open: one probe, the next task or one that runs now, finds out. */
export const breakerStates = ['closed', 'open', 'half-open'] as const;

/** A breaker, as users see it. */
export interface Breaker {
  readonly state: (typeof breakerStates)[number];
  /** When it opened. */
  readonly since?: UnixMillis;
  /** When the next probe may go; absent while it is closed. */
  readonly nextProbeAt?: UnixMillis;
  /** The endpoint asked for no requests until then. */
  readonly retryAfter?: UnixMillis;
  /** Consecutive failures. */
  readonly failures: number;
  readonly failingSince?: UnixMillis;
}

/** Reads the breaker from a limiter's state. */
export function breakerOf(state: LimiterState, now: UnixMillis): Breaker {
  const { openedAt, probe, retryAfter, failures, failingSince } = state;
  const nextProbeAt = probeTimeOf(state);
  const patience = retryAfter !== undefined && retryAfter > now ? retryAfter : undefined;
  const known = { failures, failingSince, retryAfter: patience };
  if (nextProbeAt === undefined) return { ...known, state: 'closed' };
  const isProbing = (probe ?? 0) > now || nextProbeAt <= now;
  return { ...known, state: isProbing ? 'half-open' : 'open', since: openedAt, nextProbeAt };
}

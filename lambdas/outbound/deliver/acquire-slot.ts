import type { AttemptOutcome } from '../../domain/attempt-outcome.ts';
import { asError } from '../../domain/errors.ts';
import {
  breakerPause,
  decide,
  type EndpointLimits,
  hasFailedTooLong,
  intervalOf,
  type LimiterDecision,
  type LimiterWait,
  needsProof,
  opensBreaker,
  spreadOf,
  waitsForEndpoint,
} from '../../domain/limiter.ts';
import type { EndpointHealth, LimitedEndpoint, Slot } from '../../domain/limiter-store.ts';
import { maxRetryAfter } from '../../domain/retry-schedule.ts';
import {
  later,
  type Millis,
  millis,
  type Seconds,
  seconds,
  type UnixMillis,
  unixMillis,
} from '../../domain/time.ts';
import type { OutboundPorts } from '../ports.ts';

export type LimiterPorts = Pick<
  OutboundPorts<'BreakersOpened'>,
  'now' | 'random' | 'pause' | 'limiter' | 'telemetry'
>;

/** The result of asking for a slot. */
export type Acquisition =
  | { readonly kind: 'acquired'; readonly slot: Slot }
  | { readonly kind: 'wait'; readonly why: LimiterWait['why']; readonly until: UnixMillis };

/** The longest wait of a task within the invocation; for a longer one it goes back to the queue. */
const shortWait = millis(1_000);
const maxTries = 6;
/** Tasks that wait for a probe come back within this time after it, not all at once. In ms. */
const afterProbe = 10_000;

/** A request for a slot of an endpoint. */
export interface SlotRequest {
  readonly limiterKey: string;
  readonly of: LimitedEndpoint;
  readonly limits: EndpointLimits;
  /** How long a slot stays taken if its worker dies. */
  readonly holdFor: Millis;
  /** A person asked for the attempt: it goes at once, even if the breaker is open, but one at a time. */
  readonly isByHand: boolean;
}

/** Acquires a slot of an endpoint, or says until when to wait for one. */
export async function acquireSlot(request: SlotRequest, ports: LimiterPorts): Promise<Acquisition> {
  let nth = Math.floor(ports.random() * request.limits.concurrent);
  let wait: LimiterWait = { why: 'concurrency', until: unixMillis(ports.now() + shortWait) };
  for (let tries = 0; tries < maxTries; tries++) {
    const step = await tryAcquire(request, nth, ports);
    if (step.kind === 'acquired') return step;
    if (step.kind === 'take') nth = step.slot;
    if (step.kind !== 'wait') continue;
    wait = step.wait;
    const span = millis(wait.until - ports.now());
    if (wait.why !== 'rate' || span > shortWait) break;
    await ports.pause(span);
  }
  if (request.isByHand && waitsForEndpoint(wait)) return acquireByHand(request, ports);
  return { kind: 'wait', why: wait.why, until: await retryTime(request, wait, ports) };
}

/** One try to take a slot; a refusal says what to do about it. */
async function tryAcquire(
  { limiterKey, of, limits, holdFor, isByHand }: SlotRequest,
  nth: number,
  { limiter, now: clock }: LimiterPorts,
): Promise<
  Extract<Acquisition, { kind: 'acquired' }> | Exclude<LimiterDecision, { kind: 'probe' }> | { kind: 'again' }
> {
  const now = clock();
  const until = unixMillis(now + holdFor);
  const nextAt = limits.perSecond === undefined ? undefined : unixMillis(now + intervalOf(limits.perSecond));
  const slot = { limiterKey, of, name: slotName(nth), until, isProbe: false, isByHand: false, limits };
  const taken = await limiter.take(limiterKey, slot.name, { now, until, nextAt, ifProven: needsProof(nth) });
  if (taken.ok) return { kind: 'acquired', slot };
  const decision = decide(taken.state, limits, now);
  if (decision.kind !== 'probe') return decision;
  const probe = await limiter.probe(limiterKey, decision.openUntil, until);
  return probe.ok
    ? { kind: 'acquired', slot: { ...slot, name: probeSlot, isProbe: true, isByHand } }
    : { kind: 'again' };
}

/** Takes the slot for requests by hand, which ignores the breaker and `Retry-After`. */
async function acquireByHand(
  { limiterKey, of, limits, holdFor }: SlotRequest,
  ports: LimiterPorts,
): Promise<Acquisition> {
  const now = ports.now();
  const until = unixMillis(now + holdFor);
  if (await ports.limiter.takeByHand(limiterKey, now, until)) {
    const slot = { limiterKey, of, name: handSlot, until, isProbe: false, isByHand: true, limits };
    return { kind: 'acquired', slot };
  }
  return { kind: 'wait', why: 'concurrency', until: await nextByHandAt({ limiterKey }, now, ports) };
}

/** When a request by hand comes back. Requests by hand queue among themselves, not behind the tasks that wait. */
const nextByHandAt = (
  { limiterKey }: Pick<SlotRequest, 'limiterKey'>,
  now: UnixMillis,
  { limiter }: LimiterPorts,
): Promise<UnixMillis> => limiter.reserve(`${limiterKey}/${handSlot}`, betweenByHand, now);

const handSlot = 'hand';
const betweenByHand = millis(1_000);

/** The slot of the request that finds out whether an endpoint is back. */
const probeSlot = 'probe';
const slotName = (nth: number): string => `slot${nth}`;

/** When a waiting task comes back. Each task gets its own time. */
async function retryTime(request: SlotRequest, wait: LimiterWait, ports: LimiterPorts): Promise<UnixMillis> {
  if (wait.why === 'breaker') return unixMillis(wait.until + Math.floor(ports.random() * afterProbe));
  const now = ports.now();
  const reserved = request.isByHand
    ? await nextByHandAt(request, now, ports)
    : await ports.limiter.reserve(request.limiterKey, spreadOf(wait, request.limits), now);
  return unixMillis(wait.until + reserved - now);
}

/**
 * Releases a slot and records the endpoint's health. Never throws: a slot that is not released frees itself later.
 *
 * @param retryAfter how long the endpoint asked us to wait
 * @returns whether the endpoint has failed for too long without one success
 */
export async function releaseSlot(
  slot: Slot,
  health: EndpointHealth | undefined,
  retryAfter: Seconds | undefined,
  ports: LimiterPorts,
): Promise<boolean> {
  try {
    // Comes first, so that the worker that takes the freed slot sees it.
    if (retryAfter !== undefined) await ports.limiter.hold(slot.limiterKey, later(ports.now(), retryAfter));
    const state = await ports.limiter.leave(slot, health, ports.now());
    if (health === 'down' && opensBreaker(state, slot.limits, slot.isProbe)) {
      const until = later(ports.now(), breakerPause(slot.isProbe ? state.probes + 1 : 0));
      await ports.limiter.open(slot, until, ports.now());
      ports.telemetry.warn('endpoint.down', { ...slot.of, failures: state.failures, until });
      ports.telemetry.count('BreakersOpened', {});
    }
    const hasFailed = health === 'down' || health === 'refusing';
    return hasFailed && hasFailedTooLong(state, slot.limits);
  } catch (error) {
    ports.telemetry.warn('limiter.release-failed', { ...slot.of, reason: asError(error).message });
    return false;
  }
}

/** An endpoint whose response takes longer than this gets few requests at a time: each one keeps a worker waiting. */
const quick = millis(5_000);

/** What an attempt says about its endpoint. */
export function healthOf(outcome: AttemptOutcome, took: Millis): EndpointHealth {
  switch (outcome.kind) {
    case 'accepted':
      return took <= quick ? 'up' : 'slow';
    case 'gone':
      return 'refusing';
    case 'refused':
      // The endpoint answers and says when it wants more, so it is not down.
      if (outcome.status === 429 && retryAfterOf(outcome) !== undefined) return 'refusing';
      return outcome.status >= 500 || outcome.status === 429 ? 'down' : 'refusing';
    case 'unreachable':
    case 'blocked':
      return 'down';
  }
}

/** How long an endpoint asked us to wait by a 429 or 503 with `Retry-After`, at most six hours. */
export function retryAfterOf(outcome: AttemptOutcome): Seconds | undefined {
  if (outcome.kind !== 'refused' || (outcome.status !== 429 && outcome.status !== 503)) return undefined;
  const { retryAfter = 0 } = outcome;
  return retryAfter > 0 ? seconds(Math.min(retryAfter, maxRetryAfter)) : undefined;
}

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

/** What came of asking for a place. */
export type Acquisition =
  | { readonly kind: 'passed'; readonly pass: Slot }
  | { readonly kind: 'wait'; readonly why: LimiterWait['why']; readonly until: UnixMillis };

/** One that is kept waiting no longer than this waits here; else its task goes back. */
const shortWait = millis(1_000);
const maxTries = 6;
/** Those who wait for a probe come back a little after it, not all at once. */
const afterProbe = 10_000;

/** Who asks for a place, and where. */
export interface SlotRequest {
  readonly limiterKey: string;
  readonly of: LimitedEndpoint;
  readonly limits: EndpointLimits;
  /** How long a slot stays taken if its worker dies. */
  readonly holdFor: Millis;
  /** On a person's request: at once, even if the breaker is open; one at a time. */
  readonly isByHand: boolean;
}

/** Asks for a place at an endpoint. */
export async function acquireSlot(request: SlotRequest, ports: LimiterPorts): Promise<Acquisition> {
  let slot = Math.floor(ports.random() * request.limits.concurrent);
  let wait: LimiterWait = { why: 'concurrency', until: unixMillis(ports.now() + shortWait) };
  for (let tries = 0; tries < maxTries; tries++) {
    const step = await tryAcquire(request, slot, ports);
    if (step.kind === 'passed') return step;
    if (step.kind === 'take') slot = step.slot;
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
  slot: number,
  { limiter, now: clock }: LimiterPorts,
): Promise<
  Extract<Acquisition, { kind: 'passed' }> | Exclude<LimiterDecision, { kind: 'probe' }> | { kind: 'again' }
> {
  const now = clock();
  const until = unixMillis(now + holdFor);
  const nextAt = limits.perSecond === undefined ? undefined : unixMillis(now + intervalOf(limits.perSecond));
  const pass = { limiterKey, of, slot: slotName(slot), until, isProbe: false, isByHand: false, limits };
  const taken = await limiter.take(limiterKey, pass.slot, { now, until, nextAt, ifProven: needsProof(slot) });
  if (taken.ok) return { kind: 'passed', pass };
  const turn = decide(taken.state, limits, now);
  if (turn.kind !== 'probe') return turn;
  const probe = await limiter.probe(limiterKey, turn.openUntil, until);
  return probe.ok
    ? { kind: 'passed', pass: { ...pass, slot: probeSlot, isProbe: true, isByHand } }
    : { kind: 'again' };
}

/** A place that neither the breaker nor `Retry-After` keeps shut. */
async function acquireByHand(
  { limiterKey, of, limits, holdFor }: SlotRequest,
  ports: LimiterPorts,
): Promise<Acquisition> {
  const now = ports.now();
  const until = unixMillis(now + holdFor);
  if (await ports.limiter.takeByHand(limiterKey, now, until)) {
    const pass = { limiterKey, of, slot: handSlot, until, isProbe: false, isByHand: true, limits };
    return { kind: 'passed', pass };
  }
  return { kind: 'wait', why: 'concurrency', until: await nextByHandAt({ limiterKey }, now, ports) };
}

/** What people send comes back one after the other, and not behind the many that wait at the limiterKey itself. */
const nextByHandAt = (
  { limiterKey }: Pick<SlotRequest, 'limiterKey'>,
  now: UnixMillis,
  { limiter }: LimiterPorts,
): Promise<UnixMillis> => limiter.reserve(`${limiterKey}/${handSlot}`, betweenByHand, now);

const handSlot = 'hand';
const betweenByHand = millis(1_000);

/** The slot of the one who finds out whether an endpoint is back. */
const probeSlot = 'probe';
const slotName = (slot: number): string => `slot${slot}`;

/** When one who waits comes back: each has a time of its own. */
async function retryTime(request: SlotRequest, wait: LimiterWait, ports: LimiterPorts): Promise<UnixMillis> {
  if (wait.why === 'breaker') return unixMillis(wait.until + Math.floor(ports.random() * afterProbe));
  const now = ports.now();
  const reserved = request.isByHand
    ? await nextByHandAt(request, now, ports)
    : await ports.limiter.reserve(request.limiterKey, spreadOf(wait, request.limits), now);
  return unixMillis(wait.until + reserved - now);
}

/**
 * Leaves an endpoint and tells what was learnt about it. Never throws: an unfreed slot frees itself.
 *
 * @param retryAfter for how long the endpoint asked not to be asked
 * @returns whether the endpoint has failed for too long without one success
 */
export async function releaseSlot(
  pass: Slot,
  health: EndpointHealth | undefined,
  retryAfter: Seconds | undefined,
  ports: LimiterPorts,
): Promise<boolean> {
  try {
    // First, so that the worker that takes the freed slot sees it.
    if (retryAfter !== undefined) await ports.limiter.hold(pass.limiterKey, later(ports.now(), retryAfter));
    const state = await ports.limiter.leave(pass, health, ports.now());
    if (health === 'down' && opensBreaker(state, pass.limits, pass.isProbe)) {
      const until = later(ports.now(), breakerPause(pass.isProbe ? state.probes + 1 : 0));
      await ports.limiter.open(pass, until, ports.now());
      ports.telemetry.warn('endpoint.down', { ...pass.of, failures: state.failures, until });
      ports.telemetry.count('BreakersOpened', {});
    }
    const hasFailed = health === 'down' || health === 'refusing';
    return hasFailed && hasFailedTooLong(state, pass.limits);
  } catch (error) {
    ports.telemetry.warn('limiter.release-failed', { ...pass.of, reason: asError(error).message });
    return false;
  }
}

/** A worker waits for each answer: who is slower than this gets few requests at a time. */
const quick = millis(5_000);

/** What an attempt says about its endpoint. */
export function healthOf(outcome: AttemptOutcome, took: Millis): EndpointHealth {
  switch (outcome.kind) {
    case 'accepted':
      return took <= quick ? 'up' : 'slow';
    case 'gone':
      return 'refusing';
    case 'refused':
      // It answers, and says when it wants more: such an endpoint is not down.
      if (outcome.status === 429 && retryAfterOf(outcome) !== undefined) return 'refusing';
      return outcome.status >= 500 || outcome.status === 429 ? 'down' : 'refusing';
    case 'unreachable':
    case 'blocked':
      return 'down';
  }
}

/** For how long an endpoint asked not to be asked: by a 429 or 503 with `Retry-After`, at most six hours. */
export function retryAfterOf(outcome: AttemptOutcome): Seconds | undefined {
  if (outcome.kind !== 'refused' || (outcome.status !== 429 && outcome.status !== 503)) return undefined;
  const { retryAfter = 0 } = outcome;
  return retryAfter > 0 ? seconds(Math.min(retryAfter, maxRetryAfter)) : undefined;
}

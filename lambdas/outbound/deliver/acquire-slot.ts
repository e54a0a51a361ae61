import {
  concurrencyOf,
  decide,
  type EndpointLimits,
  intervalOf,
  isFree,
  type LimiterDecision,
  type LimiterState,
  type LimiterWait,
  needsProof,
  slotSpan,
  spreadOf,
  waitsForEndpoint,
} from '../../domain/limiter.ts';
import type { LimitedEndpoint, Slot } from '../../domain/limiter-store.ts';
import { type Millis, millis, type UnixMillis, unixMillis } from '../../domain/time.ts';
import type { OutboundPorts } from '../ports.ts';
import { learn } from './endpoint-memory.ts';

export type LimiterPorts = Pick<
  OutboundPorts<'BreakersOpened'>,
  'now' | 'random' | 'pause' | 'endpoints' | 'limiter' | 'memoryOf' | 'telemetry'
>;

/** The right to make one request to an endpoint without limits that is well. */
export interface FreePermit {
  readonly kind: 'free';
  readonly limiterKey: string;
  readonly of: LimitedEndpoint;
  readonly limits: EndpointLimits;
}

/** The right to make one request. */
export type Permit = FreePermit | { readonly kind: 'slot'; readonly slot: Slot };

/** The result of asking for a permit. */
export type Acquisition =
  | { readonly kind: 'acquired'; readonly permit: Permit }
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

/** One step towards a slot. `free`: the endpoint has got well meanwhile, and needs none. */
type Step =
  | Extract<Acquisition, { kind: 'acquired' }>
  | { readonly kind: 'free' }
  | (Refusal & { readonly state: LimiterState });

/** What to do after a refusal; `again`: another worker has taken the probe. */
type Refusal = Exclude<LimiterDecision, { kind: 'probe' }> | { readonly kind: 'again' };

/** Acquires a slot of an endpoint, or says until when to wait for one. */
export async function acquireSlot(
  request: SlotRequest,
  ports: LimiterPorts,
): Promise<Acquisition | { readonly kind: 'free' }> {
  const step = await tryForAWhile(request, ports);
  if (step.kind === 'acquired' || step.kind === 'free') return step;
  const { state } = step;
  const wait = step.kind === 'wait' ? step.wait : ({ why: 'concurrency', until: ports.now() } as const);
  if (request.isByHand && waitsForEndpoint(wait)) return acquireByHand(request, ports);
  return { kind: 'wait', why: wait.why, until: await placeFor(request, wait, state, ports) };
}

/** Tries a few times, with short waits in between. */
async function tryForAWhile(request: SlotRequest, ports: LimiterPorts): Promise<Step> {
  const first = Math.floor(ports.random() * concurrencyOf(request.limits));
  let tried: Tried = { nth: first, waited: 0 };
  let step = await tryAcquire(request, tried, ports);
  for (let tries = 1; tries < maxTries && !isAcquired(step); tries++) {
    if (step.kind === 'take') tried = { ...tried, nth: step.slot };
    if (step.kind !== 'wait') {
      step = await tryAcquire(request, tried, ports);
      continue;
    }
    const place = await placeUnderRate(step, request, ports);
    const until = place ?? shortWaitUntil(step, request, { tries, ...tried }, ports);
    if (until === undefined) break;
    const span = millis(until - ports.now());
    await ports.pause(span);
    tried = { ...tried, place: place ?? tried.place, waited: tried.waited + span };
    const isFull = step.wait.why === 'concurrency';
    step = await (isFull ? look(request, tried, ports) : tryAcquire(request, tried, ports));
  }
  return step;
}

/** What a task has tried so far. */
interface Tried {
  readonly nth: number;
  /** In ms. */
  readonly waited: number;
  /** Its time under the rate. */
  readonly place?: UnixMillis;
}

/** A place on the time line of a rate is for one request, so tasks that wait do not compete when its time comes. */
async function placeUnderRate(
  { wait: { why } }: Waiting,
  { limiterKey, limits: { perSecond } }: SlotRequest,
  { now: clock, limiter }: LimiterPorts,
): Promise<UnixMillis | undefined> {
  if (why !== 'rate' || perSecond === undefined) return undefined;
  const now = clock();
  return limiter.reservePlace(limiterKey, intervalOf(perSecond), now, unixMillis(now + shortWait));
}

const isAcquired = ({ kind }: Step): boolean => kind === 'acquired' || kind === 'free';

type Waiting = Extract<Step, { kind: 'wait' }>;

/** Until when to wait within the invocation. @returns undefined when the task goes back to the queue */
function shortWaitUntil(
  { wait: { why, until }, state }: Waiting,
  { limits }: SlotRequest,
  { tries, waited }: Tried & { readonly tries: number },
  { now, random }: LimiterPorts,
): UnixMillis | undefined {
  // A rate whose line is longer than that gave no place.
  if (why === 'breaker' || why === 'rate') return undefined;
  if (why === 'retry-after') return until - now() > shortWait ? undefined : until;
  const expected = slotSpan(state, limits);
  if (expected > shortWait) return undefined;
  const first = Math.min(Math.max(expected, 10), 250);
  const span = millis(Math.round(first * 2 ** (tries - 1) * (0.75 + random() / 2)));
  return waited + span > shortWait ? undefined : unixMillis(now() + span);
}

/** Looks for a free slot: a read costs a fifth of a write that is refused. */
async function look(request: SlotRequest, { place }: Tried, ports: LimiterPorts): Promise<Step> {
  const at = ports.now();
  const state = await ports.limiter.read(request.limiterKey);
  learn(ports.memoryOf(request.limiterKey), state, at);
  return nextStep(request, state, place, ports);
}

/** One try to take a slot; a refusal says what to do about it. */
async function tryAcquire(request: SlotRequest, { nth, place }: Tried, ports: LimiterPorts): Promise<Step> {
  const { limiterKey, of, limits, holdFor } = request;
  const now = ports.now();
  const until = unixMillis(now + holdFor);
  const nextAt = limits.perSecond === undefined ? undefined : unixMillis(now + intervalOf(limits.perSecond));
  const times = { now, until, nextAt, ifProven: needsProof(nth), place };
  const { ok, state } = await ports.limiter.take(limiterKey, slotName(nth), times);
  learn(ports.memoryOf(limiterKey), state, now);
  if (!ok) return nextStep(request, state, place, ports);
  const { answerMs } = state;
  const slot = {
    limiterKey,
    of,
    name: slotName(nth),
    until,
    isProbe: false,
    isByHand: false,
    limits,
    answerMs,
  };
  return { kind: 'acquired', permit: { kind: 'slot', slot } };
}

/** What to do in the state that refused a slot. */
async function nextStep(
  request: SlotRequest,
  state: LimiterState,
  place: UnixMillis | undefined,
  ports: LimiterPorts,
): Promise<Step> {
  const { limiterKey, of, limits, holdFor, isByHand } = request;
  const now = ports.now();
  if (isFree(state, limits, now)) return { kind: 'free' };
  // Its place stays its own while it waits for a slot.
  const { nextAt: _, ...withoutRate } = state;
  const decision = decide(place === undefined ? state : withoutRate, limits, now, ports.random());
  if (decision.kind !== 'probe') return { ...decision, state };
  const until = unixMillis(now + holdFor);
  const probe = await ports.limiter.probe(limiterKey, decision.openUntil, until);
  learn(ports.memoryOf(limiterKey), probe.state, now);
  if (!probe.ok) return { kind: 'again', state: probe.state };
  const failedProbes = state.probes;
  const slot = { limiterKey, of, name: probeSlot, until, isProbe: true, failedProbes, isByHand, limits };
  return { kind: 'acquired', permit: { kind: 'slot', slot: { ...slot, answerMs: state.answerMs } } };
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
    return { kind: 'acquired', permit: { kind: 'slot', slot } };
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
export async function placeFor(
  request: SlotRequest,
  wait: LimiterWait,
  state: Pick<LimiterState, 'answerMs'>,
  ports: LimiterPorts,
): Promise<UnixMillis> {
  if (wait.why === 'breaker') return unixMillis(wait.until + Math.floor(ports.random() * afterProbe));
  const now = ports.now();
  const reserved = request.isByHand
    ? await nextByHandAt(request, now, ports)
    : await ports.limiter.reserve(request.limiterKey, spreadOf(wait, request.limits, state), now);
  return unixMillis(wait.until + reserved - now);
}

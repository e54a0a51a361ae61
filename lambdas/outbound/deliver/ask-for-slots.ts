import {
  decide,
  isFree,
  type LimiterDecision,
  type LimiterState,
  type SlotOffer,
  shortWait,
  slotSpan,
  spreadOf,
} from '../../domain/limiter.ts';
import { type Millis, millis, type UnixMillis, unixMillis } from '../../domain/time.ts';
import type { Asker, Askers, LimiterPorts, SlotRequest } from './acquire-slot.ts';
import { learn } from './endpoint-memory.ts';
import { handOut, reuseFor } from './leased-slots.ts';

/** Waits of the tasks that ask together. */
const maxWaits = 6;

/** Asks for all tasks that wait for a slot of the endpoint, until each has an answer. Never rejects. */
export async function askForAll(askers: Askers, request: SlotRequest, ports: LimiterPorts): Promise<void> {
  askers.isAsking = true;
  while (askers.asking.length > 0) {
    try {
      // The tasks of a batch ask in the same tick.
      await Promise.resolve();
      const refused = await tryForAWhile(askers, request, ports);
      await answerAll(askers.asking.splice(0), refused, request, ports);
    } catch (error) {
      for (const { reject } of askers.asking.splice(0)) reject(error);
    }
  }
  askers.isAsking = false;
}

/** One step towards slots. */
type Step = (LimiterDecision | { readonly kind: 'free' }) & { readonly state: LimiterState };
type Waiting = Extract<Step, { kind: 'wait' }>;
type Unserved = Extract<Step, { kind: 'wait' | 'free' }>;

/** Tries a few times, with short waits in between. @returns what keeps the tasks that are left from a slot */
async function tryForAWhile(
  askers: Askers,
  request: SlotRequest,
  ports: LimiterPorts,
): Promise<Unserved | undefined> {
  let step = await firstStep(askers, request, ports);
  const so: SoFar = { waits: 0, waited: 0 };
  while (askers.asking.length > 0) {
    if (step.kind === 'free') return step;
    if (step.kind === 'wait') {
      const span = shortWaitFor(step, request, so, ports);
      if (span === undefined) return step;
      so.waits++;
      so.waited += span;
      step = await waitAndLook(span, askers, request, ports);
    } else {
      step = await tryOnce(step, askers, request, ports);
    }
  }
  return undefined;
}

/** What was done so far for the tasks that ask. */
interface SoFar {
  waits: number;
  /** In ms. */
  waited: number;
}

async function tryOnce(
  step: Exclude<Step, Unserved>,
  askers: Askers,
  request: SlotRequest,
  ports: LimiterPorts,
): Promise<Step> {
  const { ok, state } = await (step.kind === 'probe'
    ? probe(step.openUntil, askers, request, ports)
    : take(step, askers, request, ports));
  const next = nextStep(askers, request, state, ports.now());
  if (ok || next.kind === 'wait' || next.kind === 'free') return next;
  // Others ask, too: if all of them asked again at once, most would be refused again.
  return { kind: 'wait', wait: { why: 'concurrency', until: ports.now() }, state };
}

interface Tried {
  readonly ok: boolean;
  readonly state: LimiterState;
}

/** This process may know an old state of the limiter, so it only decides when to ask for slots, never that all are taken. */
async function firstStep(askers: Askers, request: SlotRequest, ports: LimiterPorts): Promise<Step> {
  const { known } = askers.memory;
  if (known === undefined) return look(askers, request, ports);
  const decision = decide(known.state, request.limits, ports.now(), askers.asking.length);
  return decision.kind === 'take' ? { ...decision, state: known.state } : look(askers, request, ports);
}

function nextStep({ asking }: Askers, { limits }: SlotRequest, state: LimiterState, now: UnixMillis): Step {
  if (isFree(state, limits, now)) return { kind: 'free', state };
  return { ...decide(state, limits, now, asking.length), state };
}

/** How long to wait within the invocation. @returns undefined when the tasks go back to the queue */
function shortWaitFor(
  { wait: { why, until }, state }: Waiting,
  { limits }: SlotRequest,
  { waits, waited }: SoFar,
  { now, random }: LimiterPorts,
): Millis | undefined {
  // A rate whose line is longer than that has no place.
  if (why === 'breaker' || why === 'rate' || waits >= maxWaits) return undefined;
  if (why === 'retry-after') return until - now() > shortWait ? undefined : millis(until - now());
  const expected = slotSpan(state, limits);
  if (expected > shortWait) return undefined;
  const first = Math.min(Math.max(expected, 10), 250);
  const span = millis(Math.round(first * 2 ** waits * (0.75 + random() / 2)));
  return waited + span > shortWait ? undefined : span;
}

/** Waits, then looks for free slots. */
async function waitAndLook(
  span: Millis,
  askers: Askers,
  request: SlotRequest,
  ports: LimiterPorts,
): Promise<Step> {
  const served = new Promise<void>((resolve) => {
    askers.served = resolve;
  });
  await Promise.race([ports.pause(span), served]);
  return look(askers, request, ports);
}

/** A read costs a fifth of a write that is refused, and the limiter takes more of them. */
async function look(askers: Askers, request: SlotRequest, ports: LimiterPorts): Promise<Step> {
  const at = ports.now();
  const state = await ports.limiter.read(request.limiterKey);
  learn(askers.memory, state, at);
  return nextStep(askers, request, state, ports.now());
}

/** One try to lease slots, and to hand them to the tasks that have waited longest. */
async function take(
  offer: SlotOffer,
  askers: Askers,
  { limiterKey, of, limits, holdFor }: SlotRequest,
  ports: LimiterPorts,
): Promise<Tried> {
  const now = ports.now();
  const { count, ended, isInLine } = offer;
  const until = unixMillis(now + holdFor + reuseFor);
  const taken = await ports.limiter.take(limiterKey, { count, ended, isInLine, now, until, limits });
  learn(askers.memory, taken.state, now);
  if (!taken.ok) return taken;
  const slot = { limiterKey, of, limits, held: taken.held, answerMs: taken.state.answerMs };
  handOut(slot, { firstAt: taken.firstAt, wroteIn: millis(ports.now() - now) }, askers, ports);
  return taken;
}

/** One try to take the probe, for the task that has waited longest. */
async function probe(
  openUntil: UnixMillis,
  askers: Askers,
  request: SlotRequest,
  ports: LimiterPorts,
): Promise<Tried> {
  const { limiterKey, of, limits, holdFor } = request;
  const now = ports.now();
  const until = unixMillis(now + holdFor);
  const [asker] = askers.asking.splice(0, 1);
  const taken = await ports.limiter.probe(limiterKey, openUntil, until).catch((error: unknown) => {
    asker?.reject(error);
    throw error;
  });
  learn(askers.memory, taken.state, now);
  if (asker === undefined) return taken;
  if (!taken.ok) {
    askers.asking.unshift(asker);
    return taken;
  }
  const held = { kind: 'probe', until, failedProbes: taken.state.probes } as const;
  const { isByHand } = asker.request;
  const slot = { limiterKey, of, limits, held, isByHand, answerMs: taken.state.answerMs };
  asker.resolve({ kind: 'acquired', permit: { kind: 'slot', slot }, at: now });
  return taken;
}

/** Answers the tasks that got no slot. Their times are reserved by one write. */
async function answerAll(
  askers: readonly Asker[],
  refused: Unserved | undefined,
  request: SlotRequest,
  ports: LimiterPorts,
): Promise<void> {
  if (refused === undefined || askers.length === 0) return;
  if (refused.kind === 'free') {
    for (const { resolve } of askers) resolve(refused);
    return;
  }
  const { wait, state } = refused;
  const queued = askers.filter(({ request: { isByHand } }) => !isByHand && wait.why !== 'breaker');
  try {
    const span = spreadOf(wait, request.limits, state);
    const now = ports.now();
    const first =
      queued.length === 0 ? now : await ports.limiter.reserve(request.limiterKey, span, now, queued.length);
    for (const asker of askers) {
      const nth = queued.indexOf(asker);
      const until = nth < 0 ? undefined : unixMillis(wait.until + first - now + nth * span);
      asker.resolve({ kind: 'wait', wait, until });
    }
  } catch (error) {
    for (const { reject } of askers) reject(error);
  }
}

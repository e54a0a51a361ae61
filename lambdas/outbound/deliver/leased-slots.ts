import {
  concurrencyOf,
  countOf,
  hasFailedTooLong,
  isClean,
  opensBreaker,
  spanOf,
} from '../../domain/limiter.ts';
import type { HeldLease, Slot } from '../../domain/limiter-store.ts';
import { type Millis, millis, type UnixMillis, unixMillis } from '../../domain/time.ts';
import type { Askers, LimiterPorts } from './acquire-slot.ts';
import { type EndpointFinding, isFailure, shownBy } from './endpoint-health.ts';
import { type EndpointMemory, learn } from './endpoint-memory.ts';
import { hold, holdForLonger, openBreaker } from './hold-endpoint.ts';

/** Slots that one write has leased for the tasks of a batch. */
interface LeasedSlots {
  readonly askers: Askers;
  /** As the limiter has it. */
  slot: Slot<HeldLease>;
  /** No request begins in these slots after this: it would outlast the lease. */
  readonly reusableUntil: UnixMillis;
  /** Slots with a request. */
  underWay: number;
  /** Slots without a request, to be given back. */
  idle: number;
  /** The time that the last write took. */
  readonly wroteIn: Millis;
  /** What the requests showed since the last write. */
  findings: EndpointFinding[];
  /** Ends the waits for the last request. */
  waiting: (() => void)[];
  /** The last write of this lease: each needs the lease as the one before it left it. */
  written: Promise<boolean>;
}

/** The right to make one request in a leased slot. */
export interface LeasedPermit {
  readonly kind: 'leased';
  readonly slots: LeasedSlots;
}

/** How long a slot may begin further requests of its batch. */
export const reuseFor = millis(2_000);

/** Hands leased slots to the tasks that wait. @param firstAt the place of the first one under a rate */
export function handOut(
  slot: Slot<HeldLease>,
  { firstAt, wroteIn }: { readonly firstAt: UnixMillis; readonly wroteIn: Millis },
  askers: Askers,
  ports: LimiterPorts,
): void {
  const { held, limits } = slot;
  const served = askers.asking.splice(0, held.count);
  const idle = held.count - served.length;
  const slots: LeasedSlots = {
    askers,
    slot,
    reusableUntil: unixMillis(firstAt + reuseFor),
    underWay: served.length,
    idle,
    wroteIn,
    findings: [],
    waiting: [],
    written: Promise.resolve(false),
  };
  for (const [nth, asker] of served.entries()) {
    const at = limits.perSecond === undefined ? firstAt : unixMillis(firstAt + spanOf(nth, limits.perSecond));
    asker.resolve({ kind: 'acquired', permit: { kind: 'leased', slots }, at });
  }
  // The tasks that these slots were for have got the slots of other requests meanwhile.
  if (idle > 0) void giveBack(slots, ports).catch(() => undefined);
}

/**
 * Ends the request of a leased slot. A task of its batch that waits gets the slot; else it is given back, by one write for
 * all requests that end at about the same time, and with what they showed.
 *
 * @returns whether the endpoint has failed for too long without one success
 */
export async function endLeased(
  permit: LeasedPermit,
  finding: EndpointFinding | undefined,
  ports: LimiterPorts,
): Promise<boolean> {
  const { slots } = permit;
  if (finding !== undefined) slots.findings.push(finding);
  const isAsExpected = finding?.health === 'up' && isWell(slots.askers.memory, ports.now());
  if (isAsExpected && handOver(permit, ports.now())) return false;
  slots.underWay--;
  slots.idle++;
  if (slots.underWay === 0) for (const wake of slots.waiting.splice(0)) wake();
  else if (isAsExpected)
    await Promise.race([new Promise<void>((wake) => slots.waiting.push(wake)), ports.pause(patience(slots))]);
  const isTooLong = await giveBack(slots, ports);
  return isTooLong && finding !== undefined && isFailure(finding);
}

/** A finding that other workers must know of is recorded at once. */
const isWell = ({ known }: EndpointMemory, now: UnixMillis): boolean =>
  known !== undefined && known.state.provenAt !== undefined && isClean(known.state, now);

/** Gives the slot to the next task that waits. A request under a rate needs a place, too, so it asks. */
function handOver(permit: LeasedPermit, now: UnixMillis): boolean {
  const { askers, slot, reusableUntil } = permit.slots;
  if (slot.limits.perSecond !== undefined || now > reusableUntil) return false;
  const next = askers.asking.shift();
  next?.resolve({ kind: 'acquired', permit, at: now });
  if (askers.asking.length === 0) askers.served();
  return next !== undefined;
}

/** How long a slot may stay idle until others of its lease have ended: as long as a request takes; longer while half of the slots are free. */
function patience({ askers: { memory }, slot: { limits }, wroteIn }: LeasedSlots): Millis {
  if (memory.known === undefined) return millis(0);
  const { slots, answerMs = 0 } = memory.known.state;
  const isScarce = countOf(Object.entries(slots)) * 2 > concurrencyOf(limits);
  return millis(isScarce ? Math.max(wroteIn, Math.min(2 * answerMs, 100)) : 1_000);
}

function giveBack(slots: LeasedSlots, ports: LimiterPorts): Promise<boolean> {
  // The write before this one may have given back all slots.
  const next = slots.written.then((last) => (slots.idle === 0 ? last : writeBack(slots, ports)));
  slots.written = next.catch(() => false);
  return next;
}

async function writeBack(slots: LeasedSlots, ports: LimiterPorts): Promise<boolean> {
  const { slot, idle } = slots;
  const { memory } = slots.askers;
  slots.idle = 0;
  const { answerMs = slot.answerMs } = memory.known?.state ?? {};
  const isTooLong = await leaveSlot({ ...slot, answerMs }, slots.findings.splice(0), memory, ports, idle);
  slots.slot = { ...slot, held: { ...slot.held, count: slot.held.count - idle } };
  return isTooLong;
}

/**
 * Gives slots back, with what their requests showed, and acts on that.
 *
 * @returns whether the endpoint has failed for too long without one success
 */
export async function leaveSlot(
  slot: Slot,
  findings: readonly EndpointFinding[],
  memory: EndpointMemory,
  ports: LimiterPorts,
  count = 1,
): Promise<boolean> {
  const { limiterKey, limits, of, held } = slot;
  const [longest] = findings.flatMap(({ retryAfter = [] }) => retryAfter).toSorted((a, b) => b - a);
  // Comes first, so that the worker that takes the freed slot sees it.
  if (longest !== undefined) await hold(limiterKey, longest, ports);
  const at = ports.now();
  const shown = shownBy(findings);
  const state = await ports.limiter.leave(slot, shown, at, count);
  learn(memory, state, at);
  if (shown === undefined) return false;
  const throttled = findings.findLast(({ isThrottled }) => isThrottled);
  if (throttled !== undefined) await holdForLonger(limiterKey, throttled, state, ports);
  const probeUntil = held.kind === 'probe' ? held.until : undefined;
  if (shown.health === 'down' && opensBreaker(state, limits, probeUntil !== undefined))
    await openBreaker({ limiterKey, of, probeUntil }, state, ports);
  return hasFailedTooLong(state, limits);
}

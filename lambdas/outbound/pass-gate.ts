import type { AttemptOutcome } from '../domain/attempt-outcome.ts';
import {
  type GateLimits,
  type GateState,
  type GateTurn,
  gateTurn,
  hasFailedTooLong,
  intervalOf,
  needsProof,
  opensBreaker,
  pauseOf,
  spreadOf,
  type Wait,
} from '../domain/gate.ts';
import { later, type Millis, millis, type UnixMillis, unixMillis } from '../domain/time.ts';
import { asError, type OutboundTelemetry } from './telemetry.ts';

/** What a request told about its endpoint: that it is well, well but slow, that it answers, or that it is down. */
export type Health = 'up' | 'slow' | 'refusing' | 'down';

/** A place at an endpoint, until it is left or its time is over. */
export interface Pass {
  /** Names the endpoint's gate. */
  readonly gate: string;
  readonly slot: string;
  readonly until: UnixMillis;
  readonly isProbe: boolean;
  readonly limits: GateLimits;
}

type Taken = { readonly ok: true } | { readonly ok: false; readonly state: GateState };

/** The gates, one item for each endpoint, each call one conditional update. */
export interface GatePorts {
  now(): UnixMillis;
  /** From 0 to 1. */
  random(): number;
  pause(span: Millis): Promise<void>;
  readonly gates: {
    /** Takes a slot that is free, if the rate allows it and the breaker is closed. */
    take(
      gate: string,
      slot: string,
      times: {
        readonly now: UnixMillis;
        readonly until: UnixMillis;
        readonly nextAt?: UnixMillis;
        /** Only at an endpoint whose last request succeeded. */
        readonly ifProven: boolean;
      },
    ): Promise<Taken>;
    /** Takes the only slot of an endpoint that is down, if nobody has since it was seen. */
    probe(gate: string, seenOpenUntil: UnixMillis, until: UnixMillis): Promise<Taken>;
    /** Frees the slot, if it is still ours, and says what was learnt; undefined: nothing. */
    leave(pass: Pass, health: Health | undefined, now: UnixMillis): Promise<GateState>;
    /** Opens the breaker, unless somebody has; a probe opens it anew. */
    open(pass: Pass, until: UnixMillis): Promise<void>;
    /** Gives out a time for each who waits, `span` apart. */
    reserve(gate: string, span: Millis, now: UnixMillis): Promise<UnixMillis>;
  };
  readonly telemetry: OutboundTelemetry;
}

/** What came of asking for a place. */
export type Entry =
  | { readonly kind: 'passed'; readonly pass: Pass }
  | { readonly kind: 'wait'; readonly why: Wait['why']; readonly until: UnixMillis };

/** One that is kept waiting no longer than this waits here; else its task goes back. */
const shortWait = millis(1_000);
const maxTries = 6;
/** Those who wait for a probe come back a little after it, not all at once. */
const afterProbe = 10_000;

/**
 * Asks for a place at an endpoint.
 *
 * @param holdFor how long a place is taken if whoever has it dies
 */
export async function passGate(
  gate: string,
  limits: GateLimits,
  holdFor: Millis,
  ports: GatePorts,
): Promise<Entry> {
  const asker = { gate, limits, holdFor };
  let slot = Math.floor(ports.random() * limits.concurrent);
  let wait: Wait = { why: 'concurrency', until: unixMillis(ports.now() + shortWait) };
  for (let tries = 0; tries < maxTries; tries++) {
    const step = await askOnce(asker, slot, ports);
    if (step.kind === 'passed') return step;
    if (step.kind === 'take') slot = step.slot;
    if (step.kind !== 'wait') continue;
    wait = step.wait;
    const span = millis(wait.until - ports.now());
    if (wait.why !== 'rate' || span > shortWait) break;
    await ports.pause(span);
  }
  return { kind: 'wait', why: wait.why, until: await turnOf(gate, wait, limits, ports) };
}

interface Asker {
  readonly gate: string;
  readonly limits: GateLimits;
  readonly holdFor: Millis;
}

/** One try to take a slot; a refusal says what to do about it. */
async function askOnce(
  { gate, limits, holdFor }: Asker,
  slot: number,
  { gates, now: clock }: GatePorts,
): Promise<Extract<Entry, { kind: 'passed' }> | Exclude<GateTurn, { kind: 'probe' }> | { kind: 'again' }> {
  const now = clock();
  const until = unixMillis(now + holdFor);
  const nextAt = limits.perSecond === undefined ? undefined : unixMillis(now + intervalOf(limits.perSecond));
  const pass = { gate, slot: slotName(slot), until, isProbe: false, limits };
  const taken = await gates.take(gate, pass.slot, { now, until, nextAt, ifProven: needsProof(slot) });
  if (taken.ok) return { kind: 'passed', pass };
  const turn = gateTurn(taken.state, limits, now);
  if (turn.kind !== 'probe') return turn;
  const probe = await gates.probe(gate, turn.openUntil, until);
  return probe.ok ? { kind: 'passed', pass: { ...pass, slot: probeSlot, isProbe: true } } : { kind: 'again' };
}

/** The slot of the one who finds out whether an endpoint is back. */
const probeSlot = 'probe';
const slotName = (slot: number): string => `slot${slot}`;

/** When one who waits comes back: each has a time of its own. */
async function turnOf(gate: string, wait: Wait, limits: GateLimits, ports: GatePorts): Promise<UnixMillis> {
  if (wait.why === 'breaker') return unixMillis(wait.until + Math.floor(ports.random() * afterProbe));
  const now = ports.now();
  const reserved = await ports.gates.reserve(gate, spreadOf(wait, limits), now);
  return unixMillis(wait.until + reserved - now);
}

/**
 * Leaves an endpoint and tells what was learnt about it. Never throws: an unfreed slot frees itself.
 *
 * @returns whether the endpoint has failed for too long without one success
 */
export async function leaveGate(pass: Pass, health: Health | undefined, ports: GatePorts): Promise<boolean> {
  try {
    const state = await ports.gates.leave(pass, health, ports.now());
    if (health === 'down' && opensBreaker(state, pass.limits, pass.isProbe)) {
      const until = later(ports.now(), pauseOf(pass.isProbe ? state.probes + 1 : 0));
      await ports.gates.open(pass, until);
      ports.telemetry.warn('endpoint.down', { gate: pass.gate, failures: state.failures, until });
      ports.telemetry.count('BreakersOpened', {});
    }
    const hasFailed = health === 'down' || health === 'refusing';
    return hasFailed && hasFailedTooLong(state, pass.limits);
  } catch (error) {
    ports.telemetry.warn('gate.unsettled', { gate: pass.gate, reason: asError(error).message });
    return false;
  }
}

/** A worker waits for each answer: who is slower than this gets few requests at a time. */
const quick = millis(5_000);

/** What an attempt says about its endpoint. */
export function healthOf(outcome: AttemptOutcome, took: Millis): Health {
  switch (outcome.kind) {
    case 'accepted':
      return took <= quick ? 'up' : 'slow';
    case 'gone':
      return 'refusing';
    case 'refused':
      return outcome.status >= 500 || outcome.status === 429 ? 'down' : 'refusing';
    case 'unreachable':
    case 'blocked':
      return 'down';
  }
}

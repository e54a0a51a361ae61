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
  waitsForEndpoint,
} from '../domain/gate.ts';
import { maxRetryAfter } from '../domain/retry-schedule.ts';
import {
  later,
  type Millis,
  millis,
  type Seconds,
  seconds,
  type UnixMillis,
  unixMillis,
} from '../domain/time.ts';
import { asError, type OutboundTelemetry } from './telemetry.ts';

/** What a request told about its endpoint: that it is well, well but slow, that it answers, or that it is down. */
export type Health = 'up' | 'slow' | 'refusing' | 'down';

/** A place at an endpoint, until it is left or its time is over. */
export interface Pass {
  /** Names the endpoint's gate. */
  readonly gate: string;
  readonly of: EndpointName;
  readonly slot: string;
  readonly until: UnixMillis;
  readonly isProbe: boolean;
  /** A person asked for it, and the endpoint was not to be asked else. */
  readonly isByHand: boolean;
  readonly limits: GateLimits;
}

/** Whose gate it is. */
interface EndpointName {
  readonly tenant: string;
  readonly endpointId: string;
  /** False: a URL under a name of the publisher's. */
  readonly isRegistered: boolean;
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
    /** Takes the only slot of what people send; it asks neither the breaker nor the rate. */
    takeByHand(gate: string, now: UnixMillis, until: UnixMillis): Promise<boolean>;
    /** Lets no request in until then, not even the breaker's probes; never shortens such a time. */
    hold(gate: string, until: UnixMillis): Promise<void>;
    /** Frees the slot, if it is still ours, and says what was learnt; undefined: nothing. */
    leave(pass: Pass, health: Health | undefined, now: UnixMillis): Promise<GateState>;
    /** Opens the breaker, unless somebody has; a probe opens it anew. */
    open(pass: Pass, until: UnixMillis, now: UnixMillis): Promise<void>;
    /** Gives out a time for each who waits, `span` apart. */
    reserve(gate: string, span: Millis, now: UnixMillis): Promise<UnixMillis>;
  };
  readonly telemetry: OutboundTelemetry<'BreakersOpened'>;
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

/** Who asks for a place, and where. */
export interface Asker {
  readonly gate: string;
  readonly of: EndpointName;
  readonly limits: GateLimits;
  /** How long a slot stays taken if its worker dies. */
  readonly holdFor: Millis;
  /** On a person's request: at once, even if the breaker is open; one at a time. */
  readonly isByHand: boolean;
}

/** Asks for a place at an endpoint. */
export async function passGate(asker: Asker, ports: GatePorts): Promise<Entry> {
  let slot = Math.floor(ports.random() * asker.limits.concurrent);
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
  if (asker.isByHand && waitsForEndpoint(wait)) return byHand(asker, ports);
  return { kind: 'wait', why: wait.why, until: await turnOf(asker, wait, ports) };
}

/** One try to take a slot; a refusal says what to do about it. */
async function askOnce(
  { gate, of, limits, holdFor, isByHand }: Asker,
  slot: number,
  { gates, now: clock }: GatePorts,
): Promise<Extract<Entry, { kind: 'passed' }> | Exclude<GateTurn, { kind: 'probe' }> | { kind: 'again' }> {
  const now = clock();
  const until = unixMillis(now + holdFor);
  const nextAt = limits.perSecond === undefined ? undefined : unixMillis(now + intervalOf(limits.perSecond));
  const pass = { gate, of, slot: slotName(slot), until, isProbe: false, isByHand: false, limits };
  const taken = await gates.take(gate, pass.slot, { now, until, nextAt, ifProven: needsProof(slot) });
  if (taken.ok) return { kind: 'passed', pass };
  const turn = gateTurn(taken.state, limits, now);
  if (turn.kind !== 'probe') return turn;
  const probe = await gates.probe(gate, turn.openUntil, until);
  return probe.ok
    ? { kind: 'passed', pass: { ...pass, slot: probeSlot, isProbe: true, isByHand } }
    : { kind: 'again' };
}

/** A place that neither the breaker nor `Retry-After` keeps shut. */
async function byHand({ gate, of, limits, holdFor }: Asker, ports: GatePorts): Promise<Entry> {
  const now = ports.now();
  const until = unixMillis(now + holdFor);
  if (await ports.gates.takeByHand(gate, now, until)) {
    const pass = { gate, of, slot: handSlot, until, isProbe: false, isByHand: true, limits };
    return { kind: 'passed', pass };
  }
  return { kind: 'wait', why: 'concurrency', until: await nextHand({ gate }, now, ports) };
}

/** What people send comes back one after the other, and not behind the many that wait at the gate itself. */
const nextHand = (
  { gate }: Pick<Asker, 'gate'>,
  now: UnixMillis,
  { gates }: GatePorts,
): Promise<UnixMillis> => gates.reserve(`${gate}/${handSlot}`, betweenHands, now);

const handSlot = 'hand';
const betweenHands = millis(1_000);

/** The slot of the one who finds out whether an endpoint is back. */
const probeSlot = 'probe';
const slotName = (slot: number): string => `slot${slot}`;

/** When one who waits comes back: each has a time of its own. */
async function turnOf(asker: Asker, wait: Wait, ports: GatePorts): Promise<UnixMillis> {
  if (wait.why === 'breaker') return unixMillis(wait.until + Math.floor(ports.random() * afterProbe));
  const now = ports.now();
  const reserved = asker.isByHand
    ? await nextHand(asker, now, ports)
    : await ports.gates.reserve(asker.gate, spreadOf(wait, asker.limits), now);
  return unixMillis(wait.until + reserved - now);
}

/**
 * Leaves an endpoint and tells what was learnt about it. Never throws: an unfreed slot frees itself.
 *
 * @param patience for how long the endpoint asked not to be asked
 * @returns whether the endpoint has failed for too long without one success
 */
export async function leaveGate(
  pass: Pass,
  health: Health | undefined,
  patience: Seconds | undefined,
  ports: GatePorts,
): Promise<boolean> {
  try {
    // First, so that the worker that takes the freed slot sees it.
    if (patience !== undefined) await ports.gates.hold(pass.gate, later(ports.now(), patience));
    const state = await ports.gates.leave(pass, health, ports.now());
    if (health === 'down' && opensBreaker(state, pass.limits, pass.isProbe)) {
      const until = later(ports.now(), pauseOf(pass.isProbe ? state.probes + 1 : 0));
      await ports.gates.open(pass, until, ports.now());
      ports.telemetry.warn('endpoint.down', { ...pass.of, failures: state.failures, until });
      ports.telemetry.count('BreakersOpened', {});
    }
    const hasFailed = health === 'down' || health === 'refusing';
    return hasFailed && hasFailedTooLong(state, pass.limits);
  } catch (error) {
    ports.telemetry.warn('gate.unsettled', { ...pass.of, reason: asError(error).message });
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
      // It answers, and says when it wants more: such an endpoint is not down.
      if (outcome.status === 429 && patienceOf(outcome) !== undefined) return 'refusing';
      return outcome.status >= 500 || outcome.status === 429 ? 'down' : 'refusing';
    case 'unreachable':
    case 'blocked':
      return 'down';
  }
}

/** For how long an endpoint asked not to be asked: by a 429 or 503 with `Retry-After`, at most six hours. */
export function patienceOf(outcome: AttemptOutcome): Seconds | undefined {
  if (outcome.kind !== 'refused' || (outcome.status !== 429 && outcome.status !== 503)) return undefined;
  const { retryAfter = 0 } = outcome;
  return retryAfter > 0 ? seconds(Math.min(retryAfter, maxRetryAfter)) : undefined;
}

import type { GateState } from '../../lambdas/domain/gate.ts';
import { later, type Millis, type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';
import type { EndpointPorts } from '../../lambdas/management/endpoint-ports.ts';
import type { GatePorts, Health, Pass } from '../../lambdas/outbound/pass-gate.ts';

interface Gate extends Omit<GateState, 'slots'> {
  /** By their names. */
  readonly slots: Readonly<Record<string, UnixMillis>>;
  readonly reservedUntil?: UnixMillis;
}

const closed: Gate = { slots: {}, failures: 0, probes: 0 };

/** The gates in memory: each call one atomic step. */
export function memoryGates(): GatePorts['gates'] &
  EndpointPorts['gates'] & { readonly gates: Map<string, Gate> } {
  const gates = new Map<string, Gate>();
  const of = (gate: string): Gate => gates.get(gate) ?? closed;
  const set = (gate: string, change: Partial<Gate>): Gate => {
    const changed = { ...of(gate), ...change };
    gates.set(gate, changed);
    return changed;
  };
  const stateOf = ({ slots, reservedUntil: _, ...state }: Gate): GateState => {
    const numbered = Object.entries(slots).filter(([name]) => name.startsWith('slot'));
    return { ...state, slots: Object.fromEntries(numbered.map(([name, until]) => [name.slice(4), until])) };
  };

  return {
    gates,

    async take(gate, slot, { now, until, nextAt, ifProven }) {
      const state = of(gate);
      const isFree = (state.slots[slot] ?? 0) <= now;
      const isInTime = (state.nextAt ?? 0) <= now;
      const isProven = !ifProven || state.provenAt !== undefined;
      if (!isFree || !isInTime || !isProven || state.openUntil !== undefined)
        return { ok: false, state: stateOf(state) };
      set(gate, { slots: { ...state.slots, [slot]: until }, ...(nextAt && { nextAt }) });
      return { ok: true };
    },

    async probe(gate, seenOpenUntil, until) {
      const state = of(gate);
      if (state.openUntil !== seenOpenUntil) return { ok: false, state: stateOf(state) };
      set(gate, { slots: { ...state.slots, probe: until }, openUntil: until });
      return { ok: true };
    },

    async leave(pass, health, now) {
      const state = of(pass.gate);
      const isOurs = state.slots[pass.slot] === pass.until;
      if (!isOurs && health === undefined) return stateOf(state);
      const { [pass.slot]: _, ...others } = state.slots;
      const slots = isOurs ? others : state.slots;
      return stateOf(set(pass.gate, { slots, ...learnt(state, pass, health, now) }));
    },

    async open({ gate, until, isProbe }, openUntil) {
      const state = of(gate);
      const isAllowed = isProbe
        ? state.openUntil === until
        : state.openUntil === undefined && state.failures > 0;
      if (isAllowed) set(gate, { openUntil, probes: isProbe ? state.probes + 1 : 0 });
    },

    async reset(gate) {
      if (!gates.has(gate)) return;
      set(gate, {
        failures: 0,
        probes: 0,
        ...notFailing,
        openUntil: undefined,
        provenAt: undefined,
      });
    },

    async reserve(gate: string, span: Millis, now: UnixMillis) {
      const { reservedUntil = now } = of(gate);
      const next = unixMillis(Math.max(now, reservedUntil) + span);
      set(gate, { reservedUntil: next });
      return next;
    },
  };
}

const notFailing = { failingSince: undefined, failedAt: undefined };

function learnt(
  state: Gate,
  { isProbe, limits }: Pass,
  health: Health | undefined,
  now: UnixMillis,
): Partial<Gate> {
  const isPaused = later(state.failedAt ?? now, limits.disableAfter) <= now;
  const failed = { failingSince: isPaused ? now : (state.failingSince ?? now), failedAt: now };
  switch (health) {
    case 'up':
      return { failures: 0, probes: 0, provenAt: now, ...notFailing, openUntil: undefined };
    case 'slow':
      return { failures: 0, probes: 0, provenAt: undefined, ...notFailing, openUntil: undefined };
    case 'refusing':
      return { failures: 0, probes: 0, provenAt: now, openUntil: undefined, ...failed };
    case 'down':
      return { failures: state.failures + 1, ...failed, provenAt: undefined };
    case undefined:
      return isProbe ? { openUntil: now } : {};
  }
}

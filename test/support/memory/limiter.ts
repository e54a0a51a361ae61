import type { LimiterState } from '../../../lambdas/domain/limiter.ts';
import type { EndpointHealth, LimiterStore, Slot } from '../../../lambdas/domain/limiter-store.ts';
import { later, type Millis, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';

interface StoredLimiter extends Omit<LimiterState, 'slots'> {
  /** By their names. */
  readonly slots: Readonly<Record<string, UnixMillis>>;
  readonly reservedUntil?: UnixMillis;
  /** The breaker of a registered endpoint opened: until when no request goes. */
  readonly downUntil?: UnixMillis;
}

const closed: StoredLimiter = { slots: {}, failures: 0, probes: 0 };

/** The limiter in memory: each call one atomic step. */
export function memoryLimiter(): LimiterStore & { readonly limiter: Map<string, StoredLimiter> } {
  const limiter = new Map<string, StoredLimiter>();
  const of = (limiterKey: string): StoredLimiter => limiter.get(limiterKey) ?? closed;
  const set = (limiterKey: string, change: Partial<StoredLimiter>): StoredLimiter => {
    const changed = { ...of(limiterKey), ...change };
    limiter.set(limiterKey, changed);
    return changed;
  };
  const stateOf = ({ slots, reservedUntil: _, downUntil: _down, ...state }: StoredLimiter): LimiterState => {
    const numbered = Object.entries(slots).filter(([name]) => name.startsWith('slot'));
    return {
      ...state,
      probe: slots['probe'],
      slots: Object.fromEntries(numbered.map(([name, until]) => [name.slice(4), until])),
    };
  };

  return {
    limiter,

    async take(limiterKey, slot, { now, until, nextAt, ifProven }) {
      const state = of(limiterKey);
      const isFree = (state.slots[slot] ?? 0) <= now;
      const isInTime = (state.nextAt ?? 0) <= now;
      const isProven = !ifProven || state.provenAt !== undefined;
      const isWelcome = (state.retryAfter ?? 0) <= now;
      if (!isFree || !isInTime || !isWelcome || !isProven || state.openUntil !== undefined)
        return { ok: false, state: stateOf(state) };
      set(limiterKey, { slots: { ...state.slots, [slot]: until }, ...(nextAt && { nextAt }) });
      return { ok: true };
    },

    async probe(limiterKey, seenOpenUntil, until) {
      const state = of(limiterKey);
      if (state.openUntil !== seenOpenUntil) return { ok: false, state: stateOf(state) };
      set(limiterKey, { slots: { ...state.slots, probe: until }, openUntil: until });
      return { ok: true };
    },

    async takeByHand(limiterKey, now, until) {
      const { slots } = of(limiterKey);
      if ((slots['hand'] ?? 0) > now) return false;
      set(limiterKey, { slots: { ...slots, hand: until } });
      return true;
    },

    async hold(limiterKey, until) {
      if (limiter.has(limiterKey) && (of(limiterKey).retryAfter ?? 0) < until)
        set(limiterKey, { retryAfter: until });
    },

    read: async (limiterKey) => stateOf(of(limiterKey)),

    async leave(slot, health, now) {
      const state = of(slot.limiterKey);
      const isOurs = state.slots[slot.name] === slot.until;
      if (!isOurs && health === undefined) return stateOf(state);
      const { [slot.name]: _, ...others } = state.slots;
      const slots = isOurs ? others : state.slots;
      return stateOf(set(slot.limiterKey, { slots, ...learnt(state, slot, health, now) }));
    },

    async open({ limiterKey, until, isProbe, of: { isRegistered } }, openUntil, now) {
      const state = of(limiterKey);
      const isAllowed = isProbe
        ? state.openUntil === until
        : state.openUntil === undefined && state.failures > 0;
      if (isAllowed)
        set(limiterKey, {
          openUntil,
          downUntil: isRegistered ? openUntil : undefined,
          openedAt: state.openedAt ?? now,
          probes: isProbe ? state.probes + 1 : 0,
        });
    },

    async reset(limiterKey) {
      if (!limiter.has(limiterKey)) return;
      set(limiterKey, {
        failures: 0,
        probes: 0,
        ...notFailing,
        ...notOpen,
        provenAt: undefined,
        retryAfter: undefined,
      });
    },

    async reserve(limiterKey: string, span: Millis, now: UnixMillis) {
      const { reservedUntil = now } = of(limiterKey);
      const next = unixMillis(Math.max(now, reservedUntil) + span);
      set(limiterKey, { reservedUntil: next });
      return next;
    },
  };
}

const notOpen = { openUntil: undefined, openedAt: undefined, downUntil: undefined };
const notFailing = { failingSince: undefined, failedAt: undefined };

function learnt(
  state: StoredLimiter,
  { isProbe, isByHand, limits }: Slot,
  health: EndpointHealth | undefined,
  now: UnixMillis,
): Partial<StoredLimiter> {
  const isPaused = later(state.failedAt ?? now, limits.disableAfter) <= now;
  const failed = { failingSince: isPaused ? now : (state.failingSince ?? now), failedAt: now };
  const welcome = isByHand ? { retryAfter: undefined } : {};
  const well = { failures: 0, probes: 0, ...notFailing, ...notOpen, ...welcome };
  switch (health) {
    case 'up':
      return { ...well, provenAt: now };
    case 'slow':
      return { ...well, provenAt: undefined };
    case 'refusing':
      return { failures: 0, probes: 0, provenAt: now, ...notOpen, ...failed };
    case 'down':
      return { failures: state.failures + 1, ...failed, provenAt: undefined };
    case undefined:
      return isProbe ? { openUntil: now } : {};
  }
}

import {
  breakerPause,
  decide,
  type EndpointLimits,
  isFree,
  isSidelined,
  type Lease,
  type LimiterState,
  opensBreaker,
  quickAgainAfter,
  spreadOf,
} from '../../lambdas/domain/limiter.ts';
import type { EndpointHealth } from '../../lambdas/domain/limiter-store.ts';
import { quickWithin } from '../../lambdas/domain/request-deadline.ts';
import { later, type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';

type Mutable<Of> = { -readonly [Key in keyof Of]: Of[Key] };

/** A slot of an endpoint, or the time at which a task comes back. */
export type Acquired =
  | {
      readonly kind: 'slot';
      readonly token?: string;
      readonly isProbe: boolean;
      /** For a probe: how many failed since the breaker opened. */
      readonly failedProbes?: number;
    }
  | { readonly kind: 'wait'; readonly until: UnixMillis };

/** How much longer than its attempt a slot is held, and how far tasks that wait for a probe are spread, in ms. */
const [margin, afterProbe] = [6_000, 10_000];

const wellSince = (provenAt: UnixMillis | undefined) =>
  ({
    failures: 0,
    probes: 0,
    openUntil: undefined,
    openedAt: undefined,
    provenAt,
  }) satisfies Partial<LimiterState>;

const slowSince = (now: UnixMillis) => ({ slowAt: now, slowLeft: quickAgainAfter });

const hangs = (state: Mutable<LimiterState>, now: UnixMillis): void =>
  void Object.assign(state, { provenAt: undefined, ...slowSince(now) });

function succeeded(state: Mutable<LimiterState>, now: UnixMillis, health: EndpointHealth): void {
  Object.assign(state, wellSince(now));
  const { slowLeft = 1 } = state;
  if (health === 'slow') Object.assign(state, slowSince(now));
  else if (slowLeft > 1) state.slowLeft = slowLeft - 1;
  else Object.assign(state, { slowAt: undefined, slowLeft: undefined });
}

/** The limiter of one endpoint: Hookline's own decisions, and the writes of its adapter in memory. */
export function endpointLimiter(limits: EndpointLimits, random: () => number) {
  const slots: Record<string, Lease> = {};
  // Answered well just before time 0.
  const state: Mutable<LimiterState> = { slots, failures: 0, probes: 0, provenAt: unixMillis(0) };
  let reservedUntil = 0;

  function failed(now: UnixMillis, isProbe: boolean, took: number): void {
    if (took > quickWithin) hangs(state, now);
    state.provenAt = undefined;
    state.failures++;
    if (!opensBreaker(state, limits, isProbe)) return;
    state.probes = isProbe ? state.probes + 1 : 0;
    state.openUntil = later(now, breakerPause(state.probes));
    state.openedAt ??= now;
  }

  return {
    isSidelined: (): boolean => isSidelined(state),

    /** Notes a request that has been under way for long. */
    hangs: (now: UnixMillis): void => hangs(state, now),

    /** @param timeout the attempt's, in ms */
    acquire(now: UnixMillis, timeout: number): Acquired {
      if (isFree(state, limits, now)) return { kind: 'slot', isProbe: false };
      const decision = decide(state, limits, now);
      const until = unixMillis(now + timeout + margin);
      switch (decision.kind) {
        case 'take': {
          const token = crypto.randomUUID();
          for (const ended of Object.keys(decision.ended)) delete slots[ended];
          slots[token] = { count: 1, until };
          return { kind: 'slot', token, isProbe: false };
        }
        case 'probe':
          state.openUntil = until;
          return { kind: 'slot', isProbe: true, failedProbes: state.probes };
        case 'wait': {
          const { wait } = decision;
          if (wait.why === 'breaker')
            return { kind: 'wait', until: unixMillis(wait.until + Math.floor(random() * afterProbe)) };
          reservedUntil = Math.max(reservedUntil, now) + spreadOf(wait, limits, state);
          return { kind: 'wait', until: unixMillis(wait.until + reservedUntil - now) };
        }
      }
    },

    release(
      { token, isProbe }: Extract<Acquired, { kind: 'slot' }>,
      { health, took }: { readonly health: EndpointHealth; readonly took: number },
      now: UnixMillis,
    ): void {
      if (token !== undefined) delete slots[token];
      if (health === 'down') failed(now, isProbe, took);
      else if (health === 'hanging') hangs(state, now);
      else succeeded(state, now, health);
    },
  };
}

export type EndpointLimiter = ReturnType<typeof endpointLimiter>;

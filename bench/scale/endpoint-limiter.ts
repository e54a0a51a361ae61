import {
  breakerPause,
  decide,
  type EndpointLimits,
  isFree,
  type Lease,
  type LimiterState,
  opensBreaker,
  spreadOf,
} from '../../lambdas/domain/limiter.ts';
import type { EndpointHealth } from '../../lambdas/domain/limiter-store.ts';
import { later, type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';

type Mutable<Of> = { -readonly [Key in keyof Of]: Of[Key] };

/** A slot of an endpoint, or the time at which a task comes back. */
export type Acquired =
  | { readonly kind: 'slot'; readonly token?: string; readonly isProbe: boolean }
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

/** The limiter of one endpoint: Hookline's own decisions, and the writes of its adapter in memory. */
export function endpointLimiter(limits: EndpointLimits, random: () => number) {
  const slots: Record<string, Lease> = {};
  let leases = 0;
  // Answered well just before time 0.
  const state: Mutable<LimiterState> = { slots, failures: 0, probes: 0, provenAt: unixMillis(0) };
  let reservedUntil = 0;

  function failed(now: UnixMillis, isProbe: boolean): void {
    state.provenAt = undefined;
    state.failures++;
    if (!opensBreaker(state, limits, isProbe)) return;
    state.probes = isProbe ? state.probes + 1 : 0;
    state.openUntil = later(now, breakerPause(state.probes));
    state.openedAt ??= now;
  }

  return {
    /** Whether its last request got a response in good time. */
    isProven: (): boolean => state.provenAt !== undefined,

    /** @param timeout the attempt's, in ms */
    acquire(now: UnixMillis, timeout: number): Acquired {
      if (isFree(state, limits, now)) return { kind: 'slot', isProbe: false };
      const decision = decide(state, limits, now);
      const until = unixMillis(now + timeout + margin);
      switch (decision.kind) {
        case 'take': {
          const token = String(leases++);
          for (const ended of Object.keys(decision.ended)) delete slots[ended];
          slots[token] = { count: 1, until };
          return { kind: 'slot', token, isProbe: false };
        }
        case 'probe':
          state.openUntil = until;
          return { kind: 'slot', isProbe: true };
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
      health: EndpointHealth,
      now: UnixMillis,
    ): void {
      if (token !== undefined) delete slots[token];
      if (health === 'down') failed(now, isProbe);
      else Object.assign(state, wellSince(health === 'slow' ? undefined : now));
    },
  };
}

export type EndpointLimiter = ReturnType<typeof endpointLimiter>;

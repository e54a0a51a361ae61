import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import type { Leases } from '../../../lambdas/domain/limiter.ts';
import type {
  EndpointHealth,
  Held,
  HeldLease,
  LimiterStore,
  Shown,
  Slot,
  SlotAsk,
} from '../../../lambdas/domain/limiter-store.ts';
import { seconds, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';

const start = Date.UTC(2026, 10, 25, 12);
export const at = (ms: number): UnixMillis => unixMillis(start + ms);
export const limits = { concurrent: 2, breakAfter: 2, disableAfter: seconds(1) };

/** Leases as the limiter shows them. */
export const leasesOf = (...held: readonly HeldLease[]): Leases =>
  Object.fromEntries(held.map(({ token, count, until }) => [token, { count, until }]));

/** A limiter, and what its tests do. */
export async function testedLimiter(make: () => Promise<LimiterStore>) {
  const limiter = await make();
  const limiterKey = crypto.randomUUID();
  const of = { tenant: asTenantId('acme'), endpointId: asEndpointId('ep_1'), isRegistered: true };
  const slotOf = (held: Held): Slot => ({ limiterKey, of, limits, held, isByHand: held.kind === 'hand' });
  const take = (now: number, until: number, ask: Partial<SlotAsk> = {}) =>
    limiter.take(limiterKey, {
      count: 1,
      ended: {},
      isInLine: false,
      limits,
      ...ask,
      now: at(now),
      until: at(until),
    });
  const probeUntil = (until: number): Held => ({ kind: 'probe', until: at(until) });
  return {
    limiter,
    limiterKey,
    slotOf,
    take,
    probeUntil,
    async held(now: number, until: number, ask: Partial<SlotAsk> = {}): Promise<HeldLease> {
      const taken = await take(now, until, ask);
      if (!taken.ok) throw new Error(`a slot was refused by ${JSON.stringify(taken.state)}`);
      return taken.held;
    },
    leave: (held: Held, shown: EndpointHealth | Shown | undefined, now: number, count?: number) =>
      limiter.leave(slotOf(held), typeof shown === 'string' ? { health: shown } : shown, at(now), count),
    open: (until: number, now: number, probe?: number) =>
      limiter.open(
        { limiterKey, of, probeUntil: probe === undefined ? undefined : at(probe) },
        at(until),
        at(now),
      ),
    probe: (expected: number, until: number) => limiter.probe(limiterKey, at(expected), at(until)),
  };
}

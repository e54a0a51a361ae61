import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import type { LimiterStore, Slot } from '../../../lambdas/domain/limiter-store.ts';
import { seconds, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';

const start = Date.UTC(2026, 10, 25, 12);
export const at = (ms: number): UnixMillis => unixMillis(start + ms);
export const limits = { concurrent: 2, breakAfter: 2, disableAfter: seconds(1) };

/** A limiter, and what its tests do. */
export async function testedLimiter(make: () => Promise<LimiterStore>) {
  const limiter = await make();
  const limiterKey = crypto.randomUUID();
  const slotOf = (name: string, until: number, isProbe = false): Slot => ({
    limiterKey,
    name,
    until: at(until),
    isProbe,
    isByHand: false,
    limits,
    of: { tenant: asTenantId('acme'), endpointId: asEndpointId('ep_1'), isRegistered: true },
  });
  const take = (slot: string, now: number, until: number, nextAt?: number, ifProven = false) =>
    limiter.take(limiterKey, slot, {
      now: at(now),
      until: at(until),
      nextAt: nextAt === undefined ? undefined : at(nextAt),
      ifProven,
    });
  return { limiter, limiterKey, slotOf, take };
}

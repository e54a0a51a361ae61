import type { EndpointSettings } from './endpoint.ts';
import { type LimiterState, slotSpan } from './limiter.ts';

/** Always at least as many, since a released delivery finds out that an endpoint is back. */
const least = 50;

/**
 * How many deliveries an endpoint can take in a minute, so that no more are released: what is released beyond that is
 * deferred, each for a write and a message.
 *
 * @returns infinity for an endpoint without limits of its own
 */
export function releasePace(
  { maxPerSecond, maxConcurrent: concurrent }: Pick<EndpointSettings, 'maxPerSecond' | 'maxConcurrent'>,
  state: Pick<LimiterState, 'answerMs' | 'openUntil'> = {},
): number {
  if (state.openUntil !== undefined) return least;
  const byRate = maxPerSecond === undefined ? Number.POSITIVE_INFINITY : 60 * maxPerSecond;
  const bySlots =
    concurrent === undefined ? Number.POSITIVE_INFINITY : 60_000 / slotSpan(state, { concurrent });
  return Math.max(least, Math.floor(Math.min(byRate, bySlots)));
}

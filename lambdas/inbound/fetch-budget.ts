import type { UnixMillis } from '../domain/time.ts';

/** How many requests for unknown keys may be made. */
export interface FetchRate {
  /** The most at once, after a pause. */
  readonly burst: number;
  readonly perSecond: number;
}

/** A token bucket. It bounds the requests that a flood causes, and lets others through as soon as the flood ends. */
export function fetchBudget({ burst, perSecond }: FetchRate) {
  let tokens = burst;
  let filledAt: UnixMillis | undefined;
  return {
    /** @returns false when no token is left */
    take(now: UnixMillis): boolean {
      const elapsedMs = Math.max(0, now - (filledAt ?? now));
      tokens = Math.min(burst, tokens + (elapsedMs / 1000) * perSecond);
      filledAt = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}

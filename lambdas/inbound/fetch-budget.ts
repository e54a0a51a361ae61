import type { UnixMillis } from '../domain/time.ts';

/** How many requests for unknown keys may be made. */
export interface FetchRate {
  /** At once, after a pause. */
  readonly burst: number;
  readonly perSecond: number;
}

/** A token bucket: a flood slows what it asks for, and ends as soon as the flood does. */
export function fetchBudget({ burst, perSecond }: FetchRate) {
  let tokens = burst;
  let filledAt: UnixMillis | undefined;
  return {
    /** @returns false when there is nothing left just now */
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

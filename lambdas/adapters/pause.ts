/** Waits, in milliseconds. Without `node:timers/promises`, which a cold start would load for it. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The same, but the process may end before. */
export const pauseAtMost = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms).unref());

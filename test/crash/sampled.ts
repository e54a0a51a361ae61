/** Whether every combination is played, as `npm run test:exhaustive` does; `npm test` plays a share of them. */
const isExhaustive = process.env['EXHAUSTIVE'] === '1';

/**
 * Chooses every nth, counted over all calls, so that a share of every part of a run is played.
 *
 * Single crashes, failed writes and lost responses are never sampled: only pairs, whose number grows with the square of
 * the calls, and outages, stalls and purges, which are much the same at neighbouring calls.
 */
export function everyNth(nth: number): <T>(all: readonly T[]) => readonly T[] {
  let count = 0;
  return (all) => (isExhaustive ? all : all.filter(() => count++ % nth === 0));
}

/** Of pairs of faults `npm test` plays every eighth. */
export const nthOfPairs = 8;

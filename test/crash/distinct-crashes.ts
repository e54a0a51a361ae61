import type { CallPlaces, CrashPoint } from './crash-script.ts';

type Point = Pick<CrashPoint, 'call' | 'when'>;

/**
 * Of crashes between the same two effects of a process the first; without those that a run never comes to.
 *
 * A process that dies after one call leaves the same world behind as one that dies before its next call, if it only
 * computed in between. `test/crash/distinct-crashes.test.ts` plays both.
 *
 * @param points by call, `before` in front of `after`
 * @param places of the run in which they would come
 */
export function distinctCrashes<P extends Point>(points: readonly P[], places: readonly CallPlaces[]): P[] {
  const seen = new Set<string>();
  return points.filter(({ call, when }) => {
    const place = places[call]?.[when];
    if (place === undefined || seen.has(place)) return false;
    seen.add(place);
    return true;
  });
}

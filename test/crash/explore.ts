import type { CallPlaces, CrashPoint } from './crash-script.ts';
import { distinctCrashes } from './distinct-crashes.ts';
import { everyNth, nthOfPairs } from './sampled.ts';

/** The result of a run: its port calls, and the promises that it broke. */
export interface Explored {
  readonly calls: readonly string[];
  readonly places: readonly CallPlaces[];
  readonly violations: readonly string[];
}

/** A kind of fault at a call. */
export type Fault = Omit<CrashPoint, 'call'>;

/** The process dies before a call, or after its effect. */
export const crashes: readonly Fault[] = [{ when: 'before' }, { when: 'after' }];
/** The network fails: before the effect; after it; after it, and the client makes the call again. */
export const networkFaults: readonly Fault[] = [
  { when: 'before', fault: 'rejects' },
  { when: 'after', fault: 'rejects' },
  { when: 'after', fault: 'repeats' },
];
/** The worker stops for longer than its lease, and goes on. */
export const stalls: readonly Fault[] = [
  { when: 'before', fault: 'stalls' },
  { when: 'after', fault: 'stalls' },
];

/** Of the crashes after a stall every fourth is played: some mutants are noticed by few of them. */
export const nthAfterStall = 4;

/** What an exploration found. */
export interface Exploration {
  readonly points: number;
  readonly runs: number;
  /** The broken promises, each with the faults that led to it. */
  readonly violations: readonly string[];
}

/**
 * Runs a scenario without a fault, with every fault at every call, and with a share of the second faults after it.
 *
 * @param first the faults of the single runs
 * @param second the faults after them; without any, single faults only
 * @param nth which of the second faults are played: every nth
 */
export async function explore(
  run: (points: readonly CrashPoint[]) => Promise<Explored>,
  first: readonly Fault[],
  second: readonly Fault[] = [],
  nth = nthOfPairs,
): Promise<Exploration> {
  const found = { points: 0, runs: 0, violations: [] as string[] };
  const execute = async (points: readonly CrashPoint[]): Promise<Explored> => {
    const explored = await run(points);
    found.runs++;
    for (const violation of explored.violations)
      found.violations.push(`${violation}; ${describePoints(points, explored.calls)}`);
    return explored;
  };

  const sampled = everyNth(nth);
  for (const point of pointsOf(await execute([]), 0, first)) {
    found.points++;
    const explored = await execute([point]);
    for (const next of sampled(pointsOf(explored, point.call + 1, second))) await execute([point, next]);
  }
  return found;
}

/** A handler is the team's code, so it runs once in a call. */
const makesSense = ({ fault }: Fault, call: string): boolean => fault !== 'repeats' || call !== 'handle';

function pointsOf({ calls, places }: Explored, from: number, faults: readonly Fault[]): CrashPoint[] {
  const points = calls.flatMap((name, call) =>
    call < from ? [] : faults.filter((fault) => makesSense(fault, name)).map((fault) => ({ call, ...fault })),
  );
  const distinct = new Set(distinctCrashes(points.filter(isCrash), places));
  return points.filter((point) => !isCrash(point) || distinct.has(point));
}

const isCrash = ({ fault }: CrashPoint): boolean => fault === undefined;

const describePoints = (points: readonly CrashPoint[], calls: readonly string[]): string =>
  points.length === 0
    ? 'without a fault'
    : points
        .map(({ call, when, fault = 'dies' }) => `${fault} ${when} call ${call} (${calls[call]})`)
        .join(', then ');

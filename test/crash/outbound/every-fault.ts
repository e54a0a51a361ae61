import { distinctCrashes } from '../distinct-crashes.ts';
import { everyNth } from '../sampled.ts';
import { describeFault, type Fault, isDeath } from './faults.ts';
import type { Scenario } from './scenario.ts';
import { type Run, simulate } from './simulation.ts';
import type { Mutant } from './world.ts';

/** The faults to try at one port call. */
type FaultsAt = (call: number, name: string) => readonly Fault[];

const always = ['before', 'after'] as const;

export const crashes: FaultsAt = (call) => always.map((when) => ({ call, when }));

/** An endpoint's answer is never an error: `post` rejects for a fault of our own only, before anything is sent. */
export const rejections: FaultsAt = (call, name) =>
  (name === 'post' ? (['before'] as const) : always).map((when) => ({ call, when, fault: 'rejects' }));

/** The answer is lost, and the client makes the call again; no client posts again by itself. */
export const repetitions: FaultsAt = (call, name) =>
  name === 'post' ? [] : [{ call, when: 'after', fault: 'repeats' }];

export const stalls =
  (...spans: readonly number[]): FaultsAt =>
  (call) =>
    spans.flatMap((stallMs) => always.map((when) => ({ call, when, stallMs })));

/** Longer than the lease, than the visibility timeout, and than everything that other workers do meanwhile. */
export const zombies: FaultsAt = stalls(100_000, 500_000, 7_200_000);

export const purges: FaultsAt = (call) => [
  { call, purges: 'delivery' },
  { call, purges: 'all' },
];

/** As SQS may answer a batch: some messages are sent, the others are not. */
export const partialSends: FaultsAt = (call, name) => (name === 'sendTasks' ? [{ call, takes: 'half' }] : []);

/** A second, ten minutes, two hours. */
export const breakdowns: FaultsAt = (call) =>
  [1_000, 600_000, 7_200_000].flatMap((outageMs) => [
    { call, outageMs, of: 'tables' } as const,
    { call, outageMs, of: 'everything' } as const,
  ]);

export interface Plan {
  readonly first: FaultsAt;
  /** Combines each of the first faults with a share of these at later calls. */
  readonly second?: FaultsAt;
  /** Tries only every nth of the first faults. @default 1 */
  readonly nth?: number;
}

/** The result of many runs. */
export interface Findings {
  readonly runs: number;
  /** First faults. */
  readonly points: number;
  /** Lists each broken promise once, with the first faults that broke it. */
  readonly violations: readonly string[];
}

/** A crash at this call is judged by the call's name, so it stands for no other, and no other for it. */
const judgedByName = 'tallies.add';

function faultsFrom({ calls, places }: Run, from: number, faultsAt: FaultsAt): Fault[] {
  const faults = calls.flatMap((name, call) => (call < from ? [] : faultsAt(call, name)));
  const deaths = faults.filter(isDeath).filter(({ call }) => calls[call] !== judgedByName);
  const distinct = new Set<Fault>(distinctCrashes(deaths, places));
  return faults.filter(
    (fault) => !isDeath(fault) || calls[fault.call] === judgedByName || distinct.has(fault),
  );
}

/**
 * Runs a scenario without faults, then once for each fault of the plan, or for a share of them.
 *
 * @param until ends everything as soon as a broken promise matches it
 */
export async function withEachFault(
  scenario: Scenario,
  { first, second, nth = 1 }: Plan,
  mutant?: Mutant,
  until?: RegExp,
): Promise<Findings> {
  const violations = new Map<string, string>();
  let runs = 0;
  const runWith = async (faults: readonly Fault[]): Promise<Run> => {
    const run = await simulate(scenario, faults, mutant, until);
    runs++;
    for (const violation of run.violations) {
      if (!violations.has(violation)) violations.set(violation, faults.map(describeFault).join(', then '));
    }
    return run;
  };

  const isOver = () => until !== undefined && [...violations.keys()].some((each) => until.test(each));
  const sampled = everyNth(4);
  const points = everyNth(nth)(faultsFrom(await runWith([]), 0, first));
  for (const point of points) {
    if (isOver()) break;
    const run = await runWith([point]);
    const later = second === undefined ? [] : faultsFrom(run, point.call + 1, second);
    for (const other of sampled(later)) await runWith([point, other]);
  }
  const found = [...violations].map(([violation, faults]) => `${violation} (${faults || 'no fault'})`);
  return { runs, points: points.length, violations: found };
}

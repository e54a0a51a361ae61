import { distinctCrashes } from '../distinct-crashes.ts';
import type { MadeRequest } from '../requests-of-calls.ts';
import { everyNth, nthOfPairs } from '../sampled.ts';
import { describeFault, type Fault, isDeath, isPartOf } from './faults.ts';
import type { Mutant } from './mistake.ts';
import type { Scenario } from './scenario.ts';
import { type Run, simulate } from './simulation.ts';

/** The faults to try at one port call, by what it asked DynamoDB for. */
type FaultsAt = (call: number, name: string, requests: readonly MadeRequest[]) => readonly Fault[];

const always = ['before', 'after'] as const;

/**
 * The requests of a call with another one after them, if a fault between the two is another than one at the call: the
 * second writes, or the first has written.
 */
const betweenRequests = (requests: readonly MadeRequest[]): number[] =>
  requests.flatMap((made, request) => {
    const next = requests[request + 1];
    return next !== undefined && (made.hasWritten || isWrite(next)) ? [request] : [];
  });

export const crashes: FaultsAt = (call, _name, requests) => [
  ...always.map((when) => ({ call, when })),
  ...betweenRequests(requests)
    .filter((request) => requests[request]?.hasWritten)
    .map((request) => ({ call, request, when: 'after' as const })),
];

/** An endpoint's answer is never an error: `post` rejects for a fault of our own only, before anything is sent. */
export const rejections: FaultsAt = (call, name, requests) => [
  ...(name === 'post' ? (['before'] as const) : always).map((when) => ({
    call,
    when,
    fault: 'rejects' as const,
  })),
  ...betweenRequests(requests).map((request) => ({
    call,
    request: request + 1,
    when: 'before' as const,
    fault: 'rejects' as const,
  })),
];

/** The answer is lost, and the client makes the request again; no client posts again by itself. */
export const repetitions: FaultsAt = (call, name, requests) => {
  const repeated = { call, when: 'after', fault: 'repeats' } as const;
  if (name === 'post') return [];
  if (betweenRequests(requests).length === 0) return [repeated];
  return requests.flatMap((made, request) => (isWrite(made) ? [{ ...repeated, request }] : []));
};

export const stalls =
  (...spans: readonly number[]): FaultsAt =>
  (call, _name, requests) =>
    spans.flatMap((stallMs) => [
      ...always.map((when) => ({ call, when, stallMs })),
      ...betweenRequests(requests).map((request) => ({
        call,
        request: request + 1,
        when: 'before' as const,
        stallMs,
      })),
    ]);

const isWrite = ({ action }: MadeRequest): boolean =>
  action === 'UpdateItem' || action === 'PutItem' || action === 'DeleteItem';

/** A second, the usual lag of an index; and 45 s, which is within the minute that a release waits for it. */
const lags = [1_000, 45_000];

/** Reads that need not be consistent miss the last writes: those of one call, and those of the whole run. */
export const lateReads: FaultsAt = (call, _name, requests) => [
  ...(requests.some(({ mayBeLate }) => mayBeLate) ? [{ call, lateByMs: 45_000 }] : []),
  ...(call === 0 ? lags.map((lateByMs) => ({ call, lateByMs, isLasting: true })) : []),
];

/** Longer than the lease, than the visibility timeout, and than everything that other workers do meanwhile. */
export const zombies: FaultsAt = stalls(100_000, 500_000, 7_200_000);

export const purges: FaultsAt = (call) => [
  { call, purges: 'delivery' },
  { call, purges: 'all' },
];

/** As SQS may answer a batch: some messages are sent, the others are not. */
export const partialSends: FaultsAt = (call, name) => (name === 'sendTasks' ? [{ call, takes: 'half' }] : []);

/** A second, ten minutes, two hours. */
export const breakdowns: FaultsAt = (call, name) =>
  [1_000, 600_000, 7_200_000].flatMap((outageMs) =>
    (['tables', 'everything'] as const)
      // One that begins at another call begins with the next call that it hits.
      .filter((of) => isPartOf(of, name))
      .map((of) => ({ call, outageMs, of })),
  );

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

function faultsFrom({ calls, places, requestsOfCalls }: Run, from: number, faultsAt: FaultsAt): Fault[] {
  const faults = calls.flatMap((name, call) =>
    call < from ? [] : faultsAt(call, name, requestsOfCalls[call] ?? []),
  );
  const isAtCall = (fault: Fault) =>
    isDeath(fault) && fault.request === undefined && calls[fault.call] !== judgedByName;
  const distinct = new Set<Fault>(distinctCrashes(faults.filter(isDeath).filter(isAtCall), places));
  return faults.filter((fault) => !isAtCall(fault) || distinct.has(fault));
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
  const sampled = everyNth(nthOfPairs);
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

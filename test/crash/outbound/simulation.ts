import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';
import { type CallPlaces, crashScript } from '../crash-script.ts';
import { callUnderWay, type MadeRequest } from '../requests-of-calls.ts';
import { type Fault, isCrashPoint, lateReads } from './faults.ts';
import { invocations } from './invocations.ts';
import type { Mutant } from './mistake.ts';
import { type Processes, processes } from './processes.ts';
import type { Scenario } from './scenario.ts';
import { checkTheEnd } from './verdict.ts';
import { settle } from './virtual-time.ts';
import { type SimulatedWorld, simulatedWorld } from './world.ts';

/** The result of a run. */
export interface Run {
  /** The names of all port calls, in order. */
  readonly calls: readonly string[];
  readonly places: readonly CallPlaces[];
  /** The requests to DynamoDB of each call. */
  readonly requestsOfCalls: readonly (readonly MadeRequest[] | undefined)[];
  /** Broken promises, in words. */
  readonly violations: readonly string[];
  readonly deliveries: readonly StoredDelivery[];
  readonly requests: readonly string[];
}

/** Longer than every schedule, lease, stall, pause of the sweep and hold here: anything longer never ends. */
const longestRunMs = 45 * 86_400_000;
const mostSteps = 50_000;

/**
 * Runs a scenario in a new world, with these faults, until nothing is left to do; then judges it.
 *
 * @param until ends the run as soon as a broken promise matches it
 */
export async function simulate(
  scenario: Scenario,
  faults: readonly Fault[] = [],
  mutant: Mutant = {},
  until?: RegExp,
): Promise<Run> {
  const script = crashScript(faults.filter(isCrashPoint), {
    moment: () => world.moment(),
    onCall: (call) => running.noteCall(call),
    between: (at) => running.between(at),
  });
  const { hooks } = script.requests;
  const world = simulatedWorld(scenario, mutant, { hooks, ...lateReads(faults, callUnderWay) });
  const running = processes(world, script, faults, scenario.seed);
  const { table, watch } = world;
  for (const message of scenario.publications) await world.send(message);
  const isOver = () => until !== undefined && [...watch.violations].some((each) => until.test(each));
  const isQuiet = await runUntilQuiet(world, running, scenario, isOver);
  watch.check(isQuiet, 'it never comes to rest');
  checkTheEnd(world, scenario, faults, script.calls);
  return {
    calls: script.calls,
    places: script.places,
    requestsOfCalls: script.requests.made,
    violations: [...watch.violations],
    // A turn is of one process, and of no importance when it is over.
    deliveries: [...table.deliveries.values()].map((delivery) => ({ ...delivery, turn: undefined })),
    requests: watch.requests.map(({ endpoint }) => endpoint),
  };
}

/** Takes one step after the other: a waiting port call, a new process, an act, or the next event of the clock. */
async function runUntilQuiet(
  world: SimulatedWorld,
  running: Processes,
  scenario: Scenario,
  isOver: () => boolean,
): Promise<boolean> {
  const flow = invocations(world, running, scenario);
  const endsAt = world.time.now() + longestRunMs;
  for (let step = 0; step < mostSteps; step++) {
    await settle();
    if (isOver()) return true;
    if (running.letOneOn() || flow.startNext() || (await flow.act())) continue;
    if (flow.isOver() && running.all() === 0) return true;
    if (!world.time.moveTo(flow.nextAt(), endsAt)) return false;
  }
  return false;
}

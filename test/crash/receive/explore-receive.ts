import type { CrashPoint } from '../crash-script.ts';
import { type Explored, explore, type Fault } from '../explore.ts';
import { receiveWorld } from './receive-world.ts';
import type { Mistake, PartialBatch, Scenario } from './scenario.ts';

/** Plays a scenario with faults, and returns the promises that were broken. */
async function playReceiver(
  scenario: Scenario,
  points: readonly CrashPoint[],
  mistake?: Mistake,
  partial?: PartialBatch,
): Promise<Explored> {
  const { play, script } = receiveWorld(scenario, points, mistake, partial);
  const violations = await play();
  return { calls: script.calls, places: script.places, violations };
}

/** Plays a scenario with each fault at each call, with each of the second faults after it. */
export const exploreReceiver = (
  scenario: Scenario,
  first: readonly Fault[],
  second: readonly Fault[] = [],
  mistake?: Mistake,
) => explore((points) => playReceiver(scenario, points, mistake), first, second);

/** Plays a scenario with each batch taken only in part. @returns the broken promises */
export async function explorePartialBatches(scenario: Scenario, mistake?: Mistake): Promise<string[]> {
  const { calls } = await playReceiver(scenario, [], mistake);
  const violations: string[] = [];
  for (const [call, name] of calls.entries()) {
    if (name !== 'sendBatch') continue;
    for (const takes of ['first half', 'second half'] as const) {
      const played = await playReceiver(scenario, [], mistake, { call, takes });
      violations.push(...played.violations);
    }
  }
  return violations;
}

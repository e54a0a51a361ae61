import { everyCrashPoint } from '../crash-script.ts';
import { describeFault, type Fault } from './faults.ts';
import type { Scenario } from './scenario.ts';
import { type Run, simulate } from './simulation.ts';
import type { Sabotage } from './world.ts';

/** What many runs found. */
export interface Findings {
  readonly runs: number;
  readonly crashPoints: number;
  /** Each broken promise once for each scenario, with the first faults that broke it. */
  readonly violations: readonly string[];
}

const crashesAfter = (calls: number, from: number): Fault[] => everyCrashPoint(calls).slice(2 * from);

/** Collects the violations of runs. */
export function findings() {
  const violations = new Map<string, string>();
  const counts = { runs: 0, crashPoints: 0 };

  return {
    counts,
    async run(scenario: Scenario, faults: readonly Fault[], sabotage?: Sabotage): Promise<Run> {
      const run = await simulate(scenario, faults, sabotage);
      counts.runs++;
      for (const violation of run.violations) {
        const key = `${scenario.name}: ${violation}`;
        if (!violations.has(key)) violations.set(key, faults.map(describeFault).join(', ') || 'no faults');
      }
      return run;
    },
    found: (): Findings => ({
      ...counts,
      violations: [...violations].map(([violation, faults]) => `${violation} (${faults})`),
    }),
  };
}

/** Runs a scenario without faults, then with a crash at each of its points; and with each second crash after it. */
export async function withEveryCrash(
  scenario: Scenario,
  { pairs = false }: { readonly pairs?: boolean } = {},
  sabotage?: Sabotage,
): Promise<Findings> {
  const { counts, run, found } = findings();
  const { calls } = await run(scenario, [], sabotage);
  const firsts = crashesAfter(calls.length, 0);
  counts.crashPoints = firsts.length;
  for (const first of firsts) {
    const once = await run(scenario, [first], sabotage);
    if (!pairs) continue;
    for (const second of crashesAfter(once.calls.length, first.call + 1))
      await run(scenario, [first, second], sabotage);
  }
  return found();
}

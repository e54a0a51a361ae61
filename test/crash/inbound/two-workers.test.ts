import { afterAll, describe, expect, it } from 'vitest';
import { crashes, type Exploration, explore, networkFaults, nthAfterStall, stalls } from '../explore.ts';
import { playScenario } from './promises.ts';
import { scenarios } from './scenarios.ts';
import { scenariosOfTwoWorkers } from './scenarios-of-two-workers.ts';
import { scenariosOfWaits } from './scenarios-of-waits.ts';

/** Each seed is another order of the workers' calls. */
const seeds = Array.from({ length: 12 }, (_, seed) => seed);

describe('the promises of the inbound flow hold', { timeout: 300_000 }, () => {
  const total = { points: 0, runs: 0 };
  afterAll(() => console.log(`inbound, two workers: ${total.points} fault points, ${total.runs} runs`));

  function expectKept({ points, runs, violations }: Exploration): void {
    expect(violations).toEqual([]);
    expect(points).toBeGreaterThan(0);
    total.points += points;
    total.runs += runs;
  }

  it.each(scenariosOfTwoWorkers)('$name, in many orders, with a fault anywhere', async (scenario) => {
    for (const seed of seeds) {
      const run = playScenario.bind(undefined, scenario);
      expectKept(await explore((points) => run(points, { seed }), [...crashes, ...networkFaults, ...stalls]));
    }
  });

  it.each(scenariosOfTwoWorkers)('$name, with two crashes anywhere', async (scenario) => {
    expectKept(await explore((points) => playScenario(scenario, points), crashes, crashes));
  });

  it.each([...scenarios, ...scenariosOfWaits, ...scenariosOfTwoWorkers])(
    '$name, when a worker stalls past its lease beside another, which may crash',
    async (scenario) => {
      const beside = { ...scenario, concurrency: 2 };

      expectKept(await explore((points) => playScenario(beside, points), stalls, crashes, nthAfterStall));
    },
  );
});

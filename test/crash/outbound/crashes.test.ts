import { afterAll, describe, expect, it } from 'vitest';
import { withEveryCrash } from './every-fault.ts';
import { coreScenarios, scenarios } from './scenarios.ts';

const total = { crashPoints: 0, runs: 0 };

describe('workers that die at any port call, and again later', () => {
  it.each(scenarios)('break no promise of the outbound flow: $name', async (scenario) => {
    const { crashPoints, runs, violations } = await withEveryCrash(scenario, {
      pairs: coreScenarios.includes(scenario),
    });
    total.crashPoints += crashPoints;
    total.runs += runs;

    expect(violations).toEqual([]);
    expect(crashPoints).toBeGreaterThanOrEqual(18);
  });

  afterAll(() => {
    console.info(`outbound flow: ${total.crashPoints} crash points, ${total.runs} runs`);
  });
});

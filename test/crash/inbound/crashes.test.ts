import { afterAll, describe, expect, it } from 'vitest';
import { crashes, explore, networkFaults } from '../explore.ts';
import { playScenario } from './promises.ts';
import { scenarios } from './scenarios.ts';
import { longWaitsBesideKillers, scenariosOfWaits } from './scenarios-of-waits.ts';

describe('the promises of the inbound flow hold', { timeout: 300_000 }, () => {
  const total = { points: 0, runs: 0 };
  afterAll(() => console.log(`inbound crash suite: ${total.points} crash points, ${total.runs} runs`));

  it.each([...scenarios, ...scenariosOfWaits])(
    '$name, with one or two crashes or lost answers anywhere',
    async (scenario) => {
      const faults = [...crashes, ...networkFaults];

      const { points, runs, violations } = await explore((at) => playScenario(scenario, at), faults, crashes);

      expect(violations).toEqual([]);
      expect(points).toBeGreaterThan(0);
      total.points += points;
      total.runs += runs;
    },
  );

  it.each(longWaitsBesideKillers)('$name, with a crash or a lost answer anywhere', async (scenario) => {
    const { violations } = await explore((at) => playScenario(scenario, at), [...crashes, ...networkFaults]);

    expect(violations).toEqual([]);
  });
});

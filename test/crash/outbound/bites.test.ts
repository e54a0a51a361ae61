import { describe, expect, it } from 'vitest';
import { crashes, type Plan, purges, stalls, withEachFault } from './every-fault.ts';
import * as sabotages from './sabotages.ts';
import { scenarios } from './scenarios.ts';
import type { Sabotage } from './world.ts';

const zombies = stalls(100_000, 500_000, 7_200_000);

const broken: readonly [string, Sabotage, string, Plan, RegExp][] = [
  [
    'acknowledges on a live lease',
    sabotages.acknowledgesOnLiveLease,
    'every task twice',
    { first: crashes },
    /acknowledged/,
  ],
];

describe('the suite finds a worker that', () => {
  it.each(broken)('%s', async (_rule, sabotage, name, plan, violation) => {
    const scenario = scenarios.find((candidate) => candidate.name === name);
    if (scenario === undefined) throw new Error(`no scenario ${name}`);

    const honest = await withEachFault(scenario, plan);
    const { violations } = await withEachFault(scenario, plan, sabotage);

    expect(honest.violations).toEqual([]);
    expect(violations).toContainEqual(expect.stringMatching(violation));
  });
});

import { afterAll, describe, expect, it } from 'vitest';
import {
  breakdowns,
  crashes,
  type Findings,
  type Plan,
  purges,
  rejections,
  repetitions,
  stalls,
  withEachFault,
} from './every-fault.ts';
import { coreScenarios, scenarios } from './scenarios.ts';

/** Past the lease; past the visibility timeout, too; and past everything that others do meanwhile. */
const zombies = stalls(100_000, 500_000, 7_200_000);

const found: Findings[] = [];

const single: readonly [string, Plan][] = [
  ['writes that fail, or whose answer is lost', { first: rejections }],
  ['clients that make a call twice', { first: repetitions }],
  ['workers that stall and wake beside others', { first: zombies }],
  ['emptied queues', { first: purges }],
  ['tables or all of AWS out of order', { first: breakdowns }],
];

const double: readonly [string, Plan][] = [
  ['a stalled worker and one that dies', { first: zombies, second: crashes }],
  ['a failed write and a worker that dies', { first: rejections, second: crashes }],
  ['emptied queues and a worker that dies', { first: purges, second: crashes }],
];

describe('at any port call of every scenario', () => {
  it.each(single)('%s break no promise of the outbound flow', { timeout: 120_000 }, async (_what, plan) => {
    for (const scenario of scenarios) {
      const findings = await withEachFault(scenario, plan);
      found.push(findings);

      expect([scenario.name, ...findings.violations]).toEqual([scenario.name]);
    }
  });
});

describe.each(double)('at any two port calls, %s', (_what, plan) => {
  it.each(coreScenarios.slice(0, 3))('break no promise: $name', { timeout: 120_000 }, async (scenario) => {
    const findings = await withEachFault(scenario, plan);
    found.push(findings);

    expect(findings.violations).toEqual([]);
  });
});

afterAll(() => {
  const runs = found.reduce((total, findings) => total + findings.runs, 0);
  console.info(`outbound flow: ${runs} runs with stalls, failing writes and emptied queues`);
});

import { afterAll, describe, expect, it } from 'vitest';
import {
  crashes,
  type Findings,
  type Plan,
  purges,
  rejections,
  withEachFault,
  zombies,
} from './every-fault.ts';
import type { Scenario } from './scenario.ts';
import { coreScenarios, short } from './scenarios.ts';

const found: Findings[] = [];

const double: readonly [string, Plan][] = [
  ['a stalled worker and one that dies', { first: zombies, second: crashes }],
  ['a failed write and a worker that dies', { first: rejections, second: crashes }],
  ['emptied queues and a worker that dies', { first: purges, second: crashes }],
];

/** Has one retry less, since the runs grow with the square of the calls. */
const exhausted = (scenario: Scenario): Scenario =>
  scenario.name === 'always 503'
    ? {
        ...scenario,
        retryDelays: short.slice(1),
        ends: { down: { status: 'failed', requests: short.length, reason: /exhausted/ } },
      }
    : scenario;

describe.each(double)('at any two port calls, %s', (_what, plan) => {
  it.each(coreScenarios.slice(0, 4).map(exhausted))(
    'double faults at any two port calls break no promise: $name',
    { timeout: 240_000 },
    async (scenario) => {
      const findings = await withEachFault(scenario, plan);
      found.push(findings);

      expect(findings.violations).toEqual([]);
    },
  );
});

afterAll(() => {
  const runs = found.reduce((total, findings) => total + findings.runs, 0);
  console.info(`outbound flow: ${runs} runs with stalls, failing writes and emptied queues`);
});

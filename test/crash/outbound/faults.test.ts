import { afterAll, describe, expect, it } from 'vitest';
import {
  breakdowns,
  type Findings,
  type Plan,
  partialSends,
  purges,
  rejections,
  repetitions,
  withEachFault,
  zombies,
} from './every-fault.ts';
import { scenarios } from './scenarios.ts';

const found: Findings[] = [];

const single: readonly [string, Plan][] = [
  ['writes that fail, or whose answer is lost', { first: rejections }],
  ['clients that make a call twice', { first: repetitions }],
  ['workers that stall and wake beside others', { first: zombies }],
  ['emptied queues', { first: purges }],
  ['batches of which the queue takes a part', { first: partialSends }],
  ['tables or all of AWS out of order', { first: breakdowns }],
];

describe.each(single)('at any port call, %s', (_what, plan) => {
  it.each(scenarios)(
    'a fault at any port call breaks no promise: $name',
    { timeout: 300_000 },
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

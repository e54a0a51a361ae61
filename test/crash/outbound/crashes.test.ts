import { afterAll, describe, expect, it } from 'vitest';
import { crashes, type Findings, withEachFault } from './every-fault.ts';
import { coreScenarios, scenarios } from './scenarios.ts';

const found: Findings[] = [];
const sum = (of: 'points' | 'runs') => found.reduce((total, findings) => total + findings[of], 0);

describe('workers that die at any port call, and again later', () => {
  it.each(scenarios)(
    'workers that die at any port call, and again later, break no promise of the outbound flow: $name',
    { timeout: 300_000 },
    async (scenario) => {
      const second = coreScenarios.includes(scenario) ? crashes : undefined;
      const findings = await withEachFault(scenario, { first: crashes, ...(second && { second }) });
      found.push(findings);

      expect(findings.violations).toEqual([]);
      expect(findings.points).toBeGreaterThanOrEqual(10);
    },
  );

  afterAll(() => {
    console.info(`outbound flow: ${sum('points')} crash points, ${sum('runs')} runs`);
  });
});

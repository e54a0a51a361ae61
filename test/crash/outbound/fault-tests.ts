import { afterAll, describe, expect, it } from 'vitest';
import { type Findings, type Plan, withEachFault } from './every-fault.ts';
import { scenarios } from './scenarios.ts';

/** The tests of one kind of fault over all scenarios. Each kind has a file, so that two run at a time. */
export function testFaults(what: string, plan: Plan): void {
  const found: Findings[] = [];

  describe(`at any port call, ${what}`, () => {
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
    console.info(`outbound flow: ${runs} runs with ${what}`);
  });
}

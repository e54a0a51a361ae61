import { afterAll, describe, expect, it } from 'vitest';
import { type Findings, type Plan, withEachFault } from './every-fault.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

/**
 * The tests of one kind of fault over scenarios. Each kind has a file, so that two run at a time.
 *
 * @param played by default all
 */
export function testFaults(what: string, plan: Plan, played: readonly Scenario[] = scenarios): void {
  const found: Findings[] = [];

  describe(`at any port call, ${what}`, () => {
    it.each(played)(
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

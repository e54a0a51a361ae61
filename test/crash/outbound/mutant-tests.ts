import { describe, expect, it } from 'vitest';
import { type Plan, withEachFault } from './every-fault.ts';
import type { Mutant } from './mistake.ts';
import { scenarios } from './scenarios.ts';

/** A mutant, the scenario and the faults that show it, and a promise that it breaks. */
export interface MutantCase {
  readonly mutant: Mutant;
  readonly scenario: string;
  readonly plan: Plan;
  readonly violation: RegExp;
}

export const noFault: Plan = { first: () => [] };

/** Tests that each mutant is noticed where the honest flow keeps every promise. */
export function testMutants(of: string, cases: Readonly<Record<string, MutantCase>>): void {
  describe(`mutants of ${of}`, () => {
    it.each(Object.entries(cases))(
      'the crash suite notices when %s',
      async (_rule, { mutant, scenario: name, plan, violation }) => {
        const [scenario] = scenarios.filter((candidate) => candidate.name === name);
        if (scenario === undefined) throw new Error(`there is no scenario called ${name}`);

        const honest = await withEachFault(scenario, plan);
        const { violations } = await withEachFault(scenario, plan, mutant, violation);

        expect(honest.violations).toEqual([]);
        expect(violations).toContainEqual(expect.stringMatching(violation));
      },
    );
  });
}

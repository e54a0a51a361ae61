import { describe, expect, it } from 'vitest';
import { crashes, type Plan, rejections, withEachFault } from './every-fault.ts';
import type { Mutant } from './mistake.ts';
import * as manifests from './mutants-of-manifests.ts';
import { scenarios } from './scenarios.ts';

interface MutantCase {
  readonly mutant: Mutant;
  readonly scenario: string;
  readonly plan: Plan;
  readonly violation: RegExp;
}

const noFault: Plan = { first: () => [] };
const uncovered = /acknowledged, unfinished, and neither due nor in a manifest/;

const mutantCases: Readonly<Record<string, MutantCase>> = {
  'a new delivery is in no manifest': {
    mutant: manifests.writesNoManifest,
    scenario: 'one delivery, accepted at once',
    plan: noFault,
    violation: uncovered,
  },
  'a manifest is deleted while a worker has its delivery': {
    mutant: manifests.takesWhatIsClaimedForDone,
    scenario: 'one delivery, accepted at once',
    plan: { first: crashes },
    violation: uncovered,
  },
  'a manifest names only what its own publisher made': {
    mutant: manifests.listsOnlyWhatItMade,
    scenario: 'one delivery, accepted at once',
    plan: { first: crashes },
    violation: uncovered,
  },
  'a publication is acknowledged without its manifest': {
    mutant: manifests.acknowledgesWithoutTheManifest,
    scenario: 'one delivery, accepted at once',
    plan: { first: rejections },
    violation: uncovered,
  },
  'a sweep sends tasks for a manifest that another one moved on': {
    mutant: manifests.sendsThoughAnotherMoved,
    scenario: 'two sweeps at once',
    plan: { first: crashes },
    violation: /more tasks than/,
  },
  'a claim removes the due time': {
    mutant: manifests.claimsRemoveTheDueTime,
    scenario: '503, 503, 200',
    plan: noFault,
    violation: /a due time was removed before the end/,
  },
  'a publisher forgets the delivery to an endpoint that was deleted since': {
    mutant: manifests.forgetsDeliveriesOfDeletedEndpoints,
    scenario: 'an endpoint that is recreated within a second of its delivery, between two attempts',
    plan: { first: crashes },
    violation: uncovered,
  },
  'a manifest is deleted before its deliveries are done': {
    mutant: manifests.deletesEveryManifest,
    scenario: 'one delivery, accepted at once',
    plan: { first: crashes },
    violation: uncovered,
  },
  'an event that exists is taken as complete': {
    mutant: manifests.takesEveryEventForComplete,
    scenario: 'a tenant with three endpoints, one of them slow to accept',
    plan: { first: crashes },
    violation: /a publication was acknowledged and left no delivery/,
  },
};

describe('mutants of the manifests', () => {
  it.each(Object.entries(mutantCases))(
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

import { crashes, type Plan, purges, rejections } from './every-fault.ts';
import { type MutantCase, noFault, testMutants } from './mutant-tests.ts';
import * as manifests from './mutants-of-manifests.ts';

const diesBeforeTheClaim: Plan['first'] = (call, name) =>
  name === 'deliveries.claimAnnounced' ? [{ call, when: 'before' }] : [];

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
  'the sweep passes over an announced delivery whose task is lost': {
    mutant: manifests.passesOverWhatIsAnnounced,
    scenario: 'an announced delivery, accepted at once',
    plan: { first: diesBeforeTheClaim, second: purges },
    violation: /a manifest was deleted, and what it announces has no record/,
  },
  'a second task makes a second record of an announced delivery': {
    mutant: manifests.makesASecondRecord,
    scenario: 'a second task of an announced delivery',
    plan: noFault,
    violation: /more requests than attempts/,
  },
  'tasks are sent before the manifest that announces their deliveries': {
    mutant: manifests.sendsTasksBeforeTheManifest,
    scenario: 'an endpoint that is recreated within a second of its delivery, between two attempts',
    plan: { first: crashes, second: crashes },
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

testMutants('the manifests', mutantCases);

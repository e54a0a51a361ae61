import { describe, expect, it } from 'vitest';
import { crashes, type Plan, purges, rejections, repetitions, stalls, withEachFault } from './every-fault.ts';
import * as mutants from './mutants.ts';
import { scenarios } from './scenarios.ts';
import type { Mutant } from './world.ts';

interface MutantCase {
  readonly mutant: Mutant;
  readonly scenario: string;
  readonly plan: Plan;
  readonly violation: RegExp;
}

const noFault: Plan = { first: () => [] };
/** From a claim on, until after the delivery's deadline. */
const twoHours: Plan = {
  first: (call, name) =>
    name === 'deliveries.claim' ? [{ call, outageMs: 7_200_000, of: 'everything' }] : [],
};
const zombies: Plan = { first: stalls(100_000, 500_000) };

const mutantCases: Readonly<Record<string, MutantCase>> = {
  'a worker acknowledges a task on a live lease': {
    mutant: mutants.acknowledgesOnLiveLease,
    scenario: '503, 503, 200',
    plan: { first: repetitions },
    violation: /acknowledged, its attempt unrecorded/,
  },
  'a worker claims despite a live lease': {
    mutant: mutants.claimsDespiteLiveLease,
    scenario: 'one id published twice',
    plan: noFault,
    violation: /a request too many/,
  },
  'a worker claims an attempt that is recorded': {
    mutant: mutants.claimsRecordedAttempts,
    scenario: 'every task twice',
    plan: noFault,
    violation: /before its delay was over/,
  },
  'suspects are claimed together with their batch': {
    mutant: mutants.claimsSuspectsAtOnce,
    scenario: 'a batch with a task that kills its worker',
    plan: noFault,
    violation: /ended failed, not delivered/,
  },
  'the next task is sent before the record': {
    mutant: mutants.sendsTheNextTaskBeforeTheRecord,
    scenario: '503, 503, 200',
    plan: { first: crashes },
    violation: /predecessor is not recorded/,
  },
  'a record goes through without the fence': {
    mutant: mutants.recordsWithoutFence,
    scenario: 'a delay of an hour',
    plan: zombies,
    violation: /an entry of the log is gone/,
  },
  'a retry is recorded without a time for the sweep': {
    mutant: mutants.recordsRetriesWithoutDueAt,
    scenario: '503, 503, 200',
    plan: { first: crashes },
    violation: /unfinished, and not in the due index/,
  },
  'a failed delivery leaves the due index before its dead letter is sent': {
    mutant: mutants.leavesTheDueIndexBeforeTheLetter,
    scenario: '404',
    plan: { first: crashes },
    violation: /not on the DLQ/,
  },
  'a dead letter is sent to the wrong queue: an endpoint’s fault': {
    mutant: mutants.sendsLettersToTheWrongQueue,
    scenario: '404',
    plan: noFault,
    violation: /in the wrong queue/,
  },
  'a dead letter is sent to the wrong queue: our own': {
    mutant: mutants.sendsLettersToTheWrongQueue,
    scenario: 'a batch with a task that kills its worker',
    plan: noFault,
    violation: /in the wrong queue/,
  },
  'a failed delivery leaves the due index before it is counted for the operators': {
    mutant: mutants.countsAfterTheDueIndex,
    scenario: '404',
    plan: { first: crashes },
    violation: /not counted for the operators/,
  },
  'a failed delivery is counted after its dead letter': {
    mutant: mutants.sendsTheLetterBeforeItsCount,
    scenario: '404',
    plan: { first: rejections },
    violation: /a dead letter was sent twice/,
  },
  'a failure is counted again when the answer to its count is lost': {
    mutant: mutants.countsEveryWrite,
    scenario: '404',
    plan: { first: repetitions },
    violation: /a failure was counted twice/,
  },
  'a failure is counted again when its dead letter could not be sent': {
    mutant: mutants.countsAgainAfterLostLetter,
    scenario: '404',
    plan: { first: rejections },
    violation: /a failure was counted twice/,
  },
  'a delivery leaves the due index in any round': {
    mutant: mutants.clearsTheDueIndexInAnyRound,
    scenario: 'a failed delivery, replayed',
    plan: zombies,
    violation: /unfinished, and not in the due index/,
  },
  'the sweep sends a task before it moves the due time': {
    mutant: mutants.sweepsBeforeMovingOn,
    scenario: 'two sweeps at once',
    plan: { first: purges },
    violation: /more tasks than/,
  },
  'a delivery is created without a time for the sweep': {
    mutant: mutants.createsWithoutDueAt,
    scenario: 'one delivery, accepted at once',
    plan: { first: purges },
    violation: /unfinished, and not in the due index/,
  },
  'an event expires while its delivery is held': {
    mutant: mutants.letsEventsExpire,
    scenario: 'an endpoint that is never enabled again',
    plan: noFault,
    violation: /an event goes before its delivery/,
  },
  'a recreated endpoint is distinguished from its predecessor by the clock': {
    mutant: mutants.fencesByClock,
    scenario: 'an endpoint that is recreated in the same millisecond as its delivery',
    plan: noFault,
    violation: /a recreated endpoint got a delivery of its predecessor/,
  },
  'a held delivery is released to any endpoint with its id': {
    mutant: mutants.fencesByClock,
    scenario: 'an endpoint that is recreated while it holds a delivery',
    plan: noFault,
    violation: /a recreated endpoint got a delivery of its predecessor/,
  },
  'a delivery is released without a record': {
    mutant: mutants.releasesWithoutRecord,
    scenario: 'an endpoint that a person enables while its delivery waits',
    plan: noFault,
    violation: /more tasks than/,
  },
  'a released delivery has no time for the sweep': {
    mutant: mutants.releasesWithoutDueAt,
    scenario: 'an endpoint that a person enables while its delivery waits',
    plan: noFault,
    violation: /unfinished, and not in the due index/,
  },
  'a delivery that no worker reached ends at its deadline': {
    mutant: mutants.endsAtDeadlineUntried,
    scenario: 'a delivery with a deadline of an hour',
    plan: twoHours,
    violation: /ended failed, not delivered/,
  },
  'a delivery that no worker reached in time is tried only once': {
    mutant: mutants.triesWithoutNewDeadline,
    scenario: 'a delivery with a deadline of an hour',
    plan: twoHours,
    violation: /ended failed, not delivered/,
  },
  'an attempt is deferred without a record': {
    mutant: mutants.defersWithoutRecord,
    scenario: 'an endpoint that is down until a probe succeeds',
    plan: { first: purges },
    violation: /more tasks than|acknowledged, its attempt/,
  },
};

describe('mutants of the outbound flow', () => {
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

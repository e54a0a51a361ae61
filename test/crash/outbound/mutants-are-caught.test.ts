import { describe, expect, it } from 'vitest';
import { crashes, type Plan, purges, rejections, repetitions, stalls, withEachFault } from './every-fault.ts';
import * as sabotages from './mutants.ts';
import { scenarios } from './scenarios.ts';
import type { Sabotage } from './world.ts';

interface Bite {
  readonly sabotage: Sabotage;
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

const bites: Readonly<Record<string, Bite>> = {
  'a worker acknowledges a task on a live lease': {
    sabotage: sabotages.acknowledgesOnLiveLease,
    scenario: '503, 503, 200',
    plan: { first: repetitions },
    violation: /acknowledged, its attempt unrecorded/,
  },
  'a worker claims despite a live lease': {
    sabotage: sabotages.claimsDespiteLiveLease,
    scenario: 'one id published twice',
    plan: noFault,
    violation: /a request too many/,
  },
  'a worker claims an attempt that is recorded': {
    sabotage: sabotages.claimsWhatIsRecorded,
    scenario: 'every task twice',
    plan: noFault,
    violation: /before its delay was over/,
  },
  'suspects are claimed together with their batch': {
    sabotage: sabotages.claimsSuspectsAtOnce,
    scenario: 'a batch with a killer',
    plan: noFault,
    violation: /ended failed, not delivered/,
  },
  'the next task is sent before the record': {
    sabotage: sabotages.sendsTheNextTaskBeforeTheRecord,
    scenario: '503, 503, 200',
    plan: { first: crashes },
    violation: /predecessor is not recorded/,
  },
  'a record goes through without the fence': {
    sabotage: sabotages.recordsWithoutFence,
    scenario: 'a delay of an hour',
    plan: zombies,
    violation: /an entry of the log is gone/,
  },
  'a retry is recorded without a time for the sweep': {
    sabotage: sabotages.recordsRetriesWithoutDueAt,
    scenario: '503, 503, 200',
    plan: { first: crashes },
    violation: /unfinished, and not in the due index/,
  },
  'a failed delivery leaves the due index before its dead letter is sent': {
    sabotage: sabotages.buriesInTheWrongOrder,
    scenario: '404',
    plan: { first: crashes },
    violation: /not on the DLQ/,
  },
  'a dead letter is sent to the wrong queue: an endpoint’s fault': {
    sabotage: sabotages.sendsLettersToTheWrongQueue,
    scenario: '404',
    plan: noFault,
    violation: /in the wrong queue/,
  },
  'a dead letter is sent to the wrong queue: our own': {
    sabotage: sabotages.sendsLettersToTheWrongQueue,
    scenario: 'a batch with a killer',
    plan: noFault,
    violation: /in the wrong queue/,
  },
  'a failed delivery leaves the due index before it is counted for the operators': {
    sabotage: sabotages.countsAfterTheDueIndex,
    scenario: '404',
    plan: { first: crashes },
    violation: /not counted for the operators/,
  },
  'a failed delivery is counted after its dead letter': {
    sabotage: sabotages.sendsTheLetterBeforeItsCount,
    scenario: '404',
    plan: { first: rejections },
    violation: /a dead letter was sent twice/,
  },
  'a failure is counted again when the answer to its count is lost': {
    sabotage: sabotages.countsEveryWrite,
    scenario: '404',
    plan: { first: repetitions },
    violation: /a failure was counted twice/,
  },
  'a failure is counted again when its dead letter could not be sent': {
    sabotage: sabotages.forgetsWhatIsCounted,
    scenario: '404',
    plan: { first: rejections },
    violation: /a failure was counted twice/,
  },
  'the due index is left whatever the round': {
    sabotage: sabotages.clearsTheDueIndexWhateverTheRound,
    scenario: 'a failed delivery, replayed',
    plan: zombies,
    violation: /unfinished, and not in the due index/,
  },
  'the sweep sends before it moves on': {
    sabotage: sabotages.sweepsBeforeMovingOn,
    scenario: 'two sweeps at once',
    plan: { first: purges },
    violation: /more tasks than/,
  },
  'a delivery is created without a time for the sweep': {
    sabotage: sabotages.createsWithoutDueAt,
    scenario: 'one delivery, accepted at once',
    plan: { first: purges },
    violation: /unfinished, and not in the due index/,
  },
  'nobody keeps the event of what is held for long': {
    sabotage: sabotages.keepsNoEvent,
    scenario: 'an endpoint that is never enabled again',
    plan: noFault,
    violation: /an event goes before its delivery/,
  },
  'an endpoint that is made anew is told from the one before by the clock': {
    sabotage: sabotages.fencesByClock,
    scenario: 'an endpoint that is made anew in the very millisecond of its delivery',
    plan: noFault,
    violation: /an endpoint that was made anew got what was for the one before/,
  },
  'what is held is released to whichever endpoint has the id': {
    sabotage: sabotages.fencesByClock,
    scenario: 'an endpoint that is made anew while it holds a delivery',
    plan: noFault,
    violation: /an endpoint that was made anew got what was for the one before/,
  },
  'a delivery is let go without a record of it': {
    sabotage: sabotages.letsGoWithoutSayingSo,
    scenario: 'an endpoint that a person says is well, while its delivery waits',
    plan: noFault,
    violation: /more tasks than/,
  },
  'a delivery that is let go has no time for the sweep': {
    sabotage: sabotages.letsGoOutOfTheDueIndex,
    scenario: 'an endpoint that a person says is well, while its delivery waits',
    plan: noFault,
    violation: /unfinished, and not in the due index/,
  },
  'a delivery ends at its deadline though no worker came in time': {
    sabotage: sabotages.endsWhatIsLate,
    scenario: 'a delivery that has an hour',
    plan: twoHours,
    violation: /ended failed, not delivered/,
  },
  'a delivery that no worker came to in time is tried once, and ends': {
    sabotage: sabotages.leavesTheDeadlineOfWhatIsLate,
    scenario: 'a delivery that has an hour',
    plan: twoHours,
    violation: /ended failed, not delivered/,
  },
  'attempts are put off without a record of it': {
    sabotage: sabotages.putsOffWithoutSayingSo,
    scenario: 'an endpoint that is down until a probe succeeds',
    plan: { first: purges },
    violation: /more tasks than|acknowledged, its attempt/,
  },
};

describe('the suite finds it when', () => {
  it.each(Object.entries(bites))(
    'the crash suite notices when %s',
    async (_rule, { sabotage, scenario: name, plan, violation }) => {
      const [scenario] = scenarios.filter((candidate) => candidate.name === name);
      if (scenario === undefined) throw new Error(`there is no scenario called ${name}`);

      const honest = await withEachFault(scenario, plan);
      const { violations } = await withEachFault(scenario, plan, sabotage, violation);

      expect(honest.violations).toEqual([]);
      expect(violations).toContainEqual(expect.stringMatching(violation));
    },
  );
});

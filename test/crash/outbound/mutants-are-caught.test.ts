import { crashes, lateReads, type Plan, purges, rejections, repetitions, stalls } from './every-fault.ts';
import { type MutantCase, noFault, testMutants } from './mutant-tests.ts';
import * as mutants from './mutants.ts';
import * as tenants from './mutants-of-tenants.ts';
import * as twoTasks from './mutants-of-two-tasks.ts';

/** From a claim on, until after the delivery's deadline. */
const twoHours: Plan = {
  first: (call, name) =>
    name === 'deliveries.claim' ? [{ call, outageMs: 7_200_000, of: 'everything' }] : [],
};
const zombies: Plan = { first: stalls(100_000, 500_000) };
/** A worker learns of the answer when its lease is over. */
const lateAnswers: Plan = {
  first: (call, name) => (name === 'post' ? [{ call, when: 'after', stallMs: 100_000 }] : []),
};

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
  'a task is acknowledged and not sent to the sideline queue': {
    mutant: mutants.losesTasksOfTheSideline,
    scenario: 'an endpoint that always takes 6 s',
    plan: noFault,
    violation: /acknowledged, its attempt unrecorded/,
  },
  'a request that was cut is recorded without a time for the sweep': {
    mutant: mutants.recordsCutsWithoutDueAt,
    scenario: 'an endpoint that always takes 6 s',
    plan: { first: crashes },
    violation: /unfinished, and not in the due index/,
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
  'a failure is noted as counted before it is counted, both in one call': {
    mutant: mutants.notesACountBeforeItCounts,
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
  'an event is written before its large payload': {
    mutant: tenants.putsThePayloadAfterTheEvent,
    scenario: 'a payload in the bucket, published again between two attempts',
    plan: { first: crashes },
    violation: /an event was written before its payload/,
  },
  'a second publication overwrites a large payload': {
    mutant: tenants.overwritesLargePayloads,
    scenario: 'a payload in the bucket, published again between two attempts',
    plan: noFault,
    violation: /ended failed, not delivered/,
  },
  'another body under the same id decides which filters match': {
    mutant: tenants.matchesByItsOwnBody,
    scenario: 'another body under the same id, which other filters match',
    plan: { first: crashes },
    violation: /an event for another endpoint/,
  },
  'the ranges of a large tenant are not sent again': {
    mutant: tenants.forgetsTheRangesLeft,
    scenario: 'a tenant so large that its fan-out is split',
    plan: { first: crashes },
    violation: /a publication was acknowledged and left no delivery/,
  },
  'an endpoint that answers 410 stays enabled': {
    mutant: tenants.ignoresGone,
    scenario: 'an endpoint that answers 410, and is enabled again',
    plan: noFault,
    violation: /a request after a 410/,
  },
  'an endpoint is enabled without a note for its held deliveries': {
    mutant: tenants.enablesWithoutANote,
    scenario: 'an endpoint that is disabled before, and enabled two hours later',
    plan: noFault,
    violation: /was not sent in time/,
  },
  'a recovery with pages left is forgotten': {
    mutant: tenants.forgetsTheRunningRecovery,
    scenario: 'a recovery of several pages',
    plan: noFault,
    violation: /ended failed, not delivered/,
  },
  'pages of endpoints are read late': {
    mutant: tenants.readsPagesOfEndpointsLate,
    scenario: 'a tenant with three endpoints, one of them slow to accept',
    plan: { first: lateReads },
    violation: /a publication was acknowledged and left no delivery/,
  },
  'an endpoint is read late': {
    mutant: tenants.readsEndpointsLate,
    scenario: 'a tenant with three endpoints, one of them slow to accept',
    plan: { first: lateReads },
    violation: /ended discarded, not delivered/,
  },
  'deliveries and events are read late': {
    mutant: tenants.readsRecordsLate,
    scenario: 'a payload in the bucket, published again between two attempts',
    plan: { first: lateReads },
    violation: /ended failed, not delivered/,
  },
  'a delivery is held while a request of it is under way': {
    mutant: twoTasks.holdsOverALiveLease,
    scenario: 'a second task while a request is under way, whose endpoint was disabled',
    plan: noFault,
    violation: /a request that is not in the log/,
  },
  'a success is refused because its delivery is held': {
    mutant: twoTasks.refusesALateSuccessOfWhatIsHeld,
    scenario: 'a second task after the lease, whose endpoint was disabled during the request',
    plan: lateAnswers,
    violation: /a success that was seen does not count/,
  },
  'a replay begins a round without comparing the delivery with what it read': {
    mutant: twoTasks.reopensInAnyState,
    scenario: 'a failed delivery that two people replay at once',
    plan: noFault,
    violation: /more rounds than people began/,
  },
  'a task without a slot is acknowledged under a live lease': {
    mutant: twoTasks.acknowledgesWithoutASlotUnderALease,
    scenario: 'a second task without a free slot while a request is under way',
    plan: noFault,
    violation: /acknowledged, its attempt unrecorded/,
  },
  'a task without a slot is acknowledged after its worker died': {
    mutant: twoTasks.acknowledgesWithoutASlotASuspect,
    scenario: 'a second task that has to wait after a worker died with its delivery',
    plan: noFault,
    violation: /acknowledged, its attempt unrecorded/,
  },
};

testMutants('the outbound flow', mutantCases);

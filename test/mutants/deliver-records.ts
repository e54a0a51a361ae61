import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, everyEvent, noRepeat, seenSuccess, limits } = promises;
const deliverTests = 'test/outbound/deliver/deliver.test.ts';
const guardTests = 'test/outbound/deliver/deliver-guards.test.ts';
const recordTests = 'test/outbound/deliver/record-attempt.test.ts';

export const deliverRecords = [
  ...mutantsOf({ file: 'lambdas/outbound/deliver/finish.ts', caughtBy: recordTests }, [
    {
      name: 'a success is not written again when its write fails',
      breaks: seenSuccess,
      from: 'for (const pause of [...pausesBeforeWritingAgain, undefined]) {',
      to: 'for (const pause of [undefined]) {',
    },
    {
      name: 'a success that cannot be written is forgotten',
      breaks: seenSuccess,
      from: 'await ports.sendTask(taskMessage({ deliveryId: id, attempt: entry.n, seen }, delivery));',
      to: '',
    },
    {
      name: 'a success whose claim is lost is not recorded',
      breaks: seenSuccess,
      from: 'const late = await ports.deliveries.recordLateSuccess(fence, entry, record.expiresAt);',
      to: 'const late = { ok: false, delivery: undefined };',
    },
    {
      name: 'a late success whose response was lost is not recognised',
      breaks: seenSuccess,
      from: "const isThere = late.delivery?.status === 'delivered' && late.delivery.round === fence.round;",
      to: 'const isThere = false;',
      caughtBy: 'test/regressions/late-success-whose-answer-is-lost.test.ts',
    },
    {
      name: 'a record whose response was lost is not recognised',
      breaks: deliveryEnds,
      from: "if (isOwnRecord(delivery, fence, record)) return { kind: 'recorded', delivery };",
      to: '',
    },
    {
      name: 'a worker that lost its claim acknowledges its task',
      breaks: deliveryEnds,
      from: ": { kind: 'lost', until: delivery.leaseUntil ?? ports.now() };",
      to: ": { kind: 'superseded' };",
    },
    {
      name: 'a worker whose attempt another one has recorded gives its task back',
      breaks: noRepeat,
      from: "delivery.status !== 'pending' || delivery.attempts >= attempt",
      to: "delivery.status !== 'pending'",
    },
    {
      name: 'a queued success of an earlier round ends a replay',
      breaks: everyEvent,
      from: 'writeSuccess({ ...delivery, claims, round }, entry,',
      to: 'writeSuccess({ ...delivery, claims }, entry,',
    },
    {
      name: 'the next task is sent before its attempt is recorded',
      breaks: noRepeat,
      from: '  const result =\n    plan.kind',
      to: "  if (plan.kind === 'retry')\n    await sendTaskAfter(plan.delay, { deliveryId: delivery.id, attempt: plan.record.attempts + 1 }, delivery, ports);\n  const result =\n    plan.kind",
    },
    {
      name: 'a retry sends no task',
      breaks: everyEvent,
      from: "if (plan.kind === 'retry') {",
      to: "if (plan.kind === 'retry' && end.kind !== 'made') {",
      caughtBy: deliverTests,
    },
    {
      name: 'a delivery that waits for something of ours sends no task',
      breaks: everyEvent,
      from: "if (plan.kind === 'retry') {",
      to: "if (plan.kind === 'retry' && end.kind === 'made') {",
      caughtBy: 'test/outbound/deliver/deadlines.test.ts',
    },
    {
      name: 'a delivery that failed gets no dead letter at once',
      breaks: deliveryEnds,
      from: "if (result.delivery.status === 'failed') await",
      to: "if (result.delivery.status === 'failed' && end.kind !== 'made') await",
      caughtBy: deliverTests,
    },
    {
      name: 'a delivery that ends without an attempt gets no dead letter at once',
      breaks: deliveryEnds,
      from: "if (result.delivery.status === 'failed') await",
      to: "if (result.delivery.status === 'failed' && end.kind === 'made') await",
      caughtBy: 'test/outbound/deliver/failure-causes.test.ts',
    },
    {
      name: 'a task whose claim is lost is acknowledged',
      breaks: deliveryEnds,
      from: "result.kind === 'lost'\n    ? { kind: 'fail', after: seconds(Math.max(1, secondsUntil(result.until, now))) }\n    : acknowledge",
      to: 'acknowledge',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/plan-after.ts', caughtBy: deliverTests }, [
    {
      name: 'a replay counts the attempts of the round before it',
      breaks: everyEvent,
      from: 'n - delivery.attemptsBefore',
      to: 'n',
      caughtBy: 'test/outbound/replay.test.ts',
    },
    {
      name: 'a failed delivery is not in the due index, so that its dead letter may be lost',
      breaks: deliveryEnds,
      from: 'dueAt: later(now, deadLetterGrace),',
      to: '',
      caughtBy: 'test/outbound/sweep/sweep.test.ts',
    },
    {
      name: 'a retry is due at once for the sweep',
      breaks: everyEvent,
      from: 'const dueAt = dueForRetry(nextAttemptAt, delay);',
      to: 'const dueAt = now;',
      caughtBy: 'test/outbound/sweep/sweep.test.ts',
    },
    {
      name: 'a delivery that waits for something of ours is not marked as such',
      breaks: deliveryEnds,
      from: "record: { ...record, cause: 'unready' }",
      to: 'record',
      caughtBy: 'test/outbound/deliver/failure-causes.test.ts',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/send-task-after.ts', caughtBy: deliverTests }, [
    {
      name: 'a task is sent with a delay that SQS refuses',
      breaks: everyEvent,
      from: 'if (delay <= maxQueueDelay) await',
      to: 'await',
    },
  ]),
  ...mutantsOf(
    { file: 'lambdas/outbound/missing-record.ts', caughtBy: 'test/outbound/deliver/failure-causes.test.ts' },
    [
      {
        name: 'a task whose delivery is gone is acknowledged without a dead letter',
        breaks: deliveryEnds,
        outsideSimulation: 'no delivery expires in the simulation',
        from: 'await ports.sendDeadDelivery(taskDeadLetter(serialiseMessage(task), givenUp, ports.now()));',
        to: '',
      },
    ],
  ),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/open-task.ts', caughtBy: guardTests }, [
    {
      name: 'a message that cannot be read as a task is acknowledged without a dead letter',
      breaks: deliveryEnds,
      outsideSimulation: 'all messages of the simulation were written by Hookline',
      from: 'await ports.sendDeadDelivery(taskDeadLetter(text, givenUp, ports.now()));',
      to: '',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/domain/retry-schedule.ts', caughtBy: 'test/domain/retry-schedule.test.ts' }, [
    {
      name: 'the next attempt comes before Retry-After is over',
      breaks: limits,
      from: 'seconds(Math.max(spread, retryAfter ?? 0))',
      to: 'seconds(spread)',
    },
    {
      name: 'a retry after more than SQS can delay is swept after it is due',
      breaks: everyEvent,
      from: 'delay <= maxQueueDelay ? later(nextAttemptAt, taskGrace) : sweepAt(nextAttemptAt)',
      to: 'later(nextAttemptAt, taskGrace)',
    },
    {
      name: 'the pauses between two sweeps of a delivery do not grow',
      breaks: limits,
      from: 'Math.min(firstSweepPause * 2 ** sweeps, longestSweepPause)',
      to: 'firstSweepPause',
      caughtBy: 'test/outbound/sweep/sweep.test.ts',
    },
    {
      name: 'a round may end before its last retry',
      breaks: everyEvent,
      from: 'const scheduled = retryDelays.reduce((sum, delay) => sum + delay, 0) * (1 + jitter);',
      to: 'const scheduled = 0;',
    },
  ]),
];

import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, everyEvent, noRepeat, seenSuccess, ownEndpoint, limits, disabled, bytes } = promises;
const claimTests = 'test/outbound/deliver/claim.test.ts';
const deliverTests = 'test/outbound/deliver/deliver.test.ts';
const guardTests = 'test/outbound/deliver/deliver-guards.test.ts';
const recordTests = 'test/outbound/deliver/record-attempt.test.ts';
const recreatedTests = 'test/outbound/recreated-endpoint.test.ts';
const disableTests = 'test/outbound/disable-endpoint.test.ts';
const attemptTests = 'test/outbound/deliver/attempt.test.ts';
const lateTests = 'test/outbound/deliver/late-deliveries.test.ts';

const attempting = [
  ...mutantsOf({ file: 'lambdas/outbound/deliver/attempt.ts', caughtBy: guardTests }, [
    {
      name: 'a claimed delivery of an earlier endpoint goes to a new one',
      breaks: ownEndpoint,
      from: 'if (endpoint && isForEarlierEndpoint(delivery, endpoint))',
      to: 'if (false)',
      caughtBy: recreatedTests,
    },
    {
      name: 'a delivery that kills its workers is tried for ever',
      breaks: deliveryEnds,
      from: 'if (crashes > settings.maxCrashes)',
      to: 'if (false)',
      caughtBy: claimTests,
    },
    {
      name: 'a delivery is tried after its deadline',
      breaks: deliveryEnds,
      from: 'return now >= delivery.deadline ? pastDeadline(delivery) : undefined;',
      to: 'return undefined;',
      caughtBy: 'test/outbound/deliver/deadlines.test.ts',
    },
    {
      name: 'an altered payload is tried again and again',
      breaks: bytes,
      from: "return endWithout({ cause: 'payload-altered', reason: content.message });",
      to: 'return { queueAnswer: await postponeUnready({ delivery, payload: cached }, content, ports) };',
    },
    {
      name: 'a delivery without its payload is sent empty',
      breaks: everyEvent,
      from: "return endWithout({ cause: 'payload-missing', reason: 'its payload is past its retention' });",
      to: "return endWithout({ cause: 'exhausted', reason: '' });",
    },
    {
      name: 'a request outlasts its lease',
      breaks: noRepeat,
      from: 'now + settings.attemptTimeout + afterTheHead <= leaseUntil',
      to: 'leaseUntil > 0',
    },
    {
      name: 'a request outlasts its invocation',
      breaks: noRepeat,
      from: 'return outlasts && hasTimeForAttempt(settings, invocation);',
      to: 'return outlasts;',
      caughtBy: guardTests,
    },
    {
      name: 'a fault of our own counts as a crash',
      breaks: everyEvent,
      from: 'if (outcome instanceof Error)\n    return { queueAnswer: await postponeUnready({ delivery, payload: cached }, outcome, ports) };',
      to: 'if (outcome instanceof Error) throw outcome;',
      caughtBy: attemptTests,
    },
    {
      name: 'an endpoint that answers 410 is disabled after the record',
      breaks: disabled,
      from: "if (outcome.kind === 'gone' && endpoint) {",
      to: 'if (false) {',
      caughtBy: disableTests,
    },
    {
      name: 'a secret that cannot be read now counts as a crash',
      breaks: everyEvent,
      from: '  } catch (error) {\n    return asError(error);\n  }\n}\n\n/** A request must end',
      to: '  } catch (error) {\n    throw error;\n  }\n}\n\n/** A request must end',
      caughtBy: 'test/outbound/deliver/deadlines.test.ts',
    },
    {
      name: 'a request is signed with the keys of the stack, and not of its endpoint',
      breaks: promises.secrets,
      from: 'await (endpoint ? endpointKeys(endpoint, now()) : signingKeys(now()))',
      to: 'await signingKeys(now())',
      caughtBy: 'test/outbound/publish/fan-out.test.ts',
      outsideSimulation: 'the simulation checks no signatures',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/past-deadline.ts', caughtBy: lateTests }, [
    {
      name: 'a delivery that we were late with ends untried',
      breaks: everyEvent,
      from: 'if (isLate(delivery)) return undefined;',
      to: '',
    },
    {
      name: 'a delivery that we were late with gets one attempt only',
      breaks: everyEvent,
      from: 'isLateAt(delivery, now) ? unixMillis(now + delivery.lifetime) : undefined',
      to: 'undefined',
    },
    {
      name: 'a delivery whose worker died until its deadline ends untried',
      breaks: everyEvent,
      from: 'crashes > 0 || nextAttemptAt',
      to: 'nextAttemptAt',
      caughtBy: 'test/outbound/deliver/past-deadline.test.ts',
    },
    {
      name: 'late deliveries that wait for a slot end untried',
      breaks: everyEvent,
      from: 'waitsForSlot || isLateAt(delivery, now) ? later(until, spare) : undefined',
      to: 'undefined',
    },
  ]),
];

const recording = [
  ...mutantsOf({ file: 'lambdas/outbound/deliver/record-attempt.ts', caughtBy: recordTests }, [
    {
      name: 'a success is not written again when its write fails',
      breaks: seenSuccess,
      from: 'for (const pause of [...pausesBeforeWritingAgain, undefined]) {',
      to: 'for (const pause of [undefined]) {',
    },
    {
      name: 'a success that cannot be written is forgotten',
      breaks: seenSuccess,
      from: 'await ports.sendTask(taskMessage({ deliveryId: delivery.id, attempt: entry.n, seen }, delivery));',
      to: '',
    },
    {
      name: 'a success whose claim is lost is not recorded',
      breaks: seenSuccess,
      from: 'const late = await ports.deliveries.recordLateSuccess(delivery, entry, expiresAt);',
      to: 'const late = { ok: false, delivery: undefined };',
    },
    {
      name: 'a late success whose response was lost is not recognised',
      breaks: seenSuccess,
      from: "const isThere = late.delivery?.status === 'delivered' && late.delivery.round === delivery.round;",
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
      name: 'a failed delivery is not in the due index, so that its dead letter may be lost',
      breaks: deliveryEnds,
      from: 'dueAt: later(now, deadLetterGrace),',
      to: '',
      caughtBy: 'test/outbound/sweep/sweep.test.ts',
    },
    {
      name: 'a retry is due at once for the sweep',
      breaks: everyEvent,
      from: 'waitsSince: now,\n    dueAt: dueForRetry(nextAttemptAt, next.delay),',
      to: 'waitsSince: now,\n    dueAt: now,',
      caughtBy: 'test/outbound/sweep/sweep.test.ts',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/record-unrecorded-success.ts', caughtBy: recordTests }, [
    {
      name: 'a queued success of an earlier round ends a replay',
      breaks: everyEvent,
      from: 'const seen = { ...delivery, claims, round };',
      to: 'const seen = { ...delivery, claims };',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/finish-attempt.ts', caughtBy: deliverTests }, [
    {
      name: 'the next task is sent before its attempt is recorded',
      breaks: noRepeat,
      from: 'const retention = settings.deliveryRetention;\n  const result =',
      to: "const retention = settings.deliveryRetention;\n  if (next.kind === 'retry')\n    await sendTaskAfter(next.delay, { deliveryId: delivery.id, attempt: entry.n + 1 }, delivery, ports);\n  const result =",
      caughtBy: recordTests,
    },
    {
      name: 'a retry sends no task',
      breaks: everyEvent,
      from: "if (next.kind === 'retry')\n      await sendTaskAfter",
      to: "if (next.kind === 'retry' && n > 1000)\n      await sendTaskAfter",
    },
    {
      name: 'a delivery that failed gets no dead letter at once',
      breaks: deliveryEnds,
      from: "if (result.delivery.status === 'failed') await deadLetterDelivery(result.delivery, ports);",
      to: '',
    },
    {
      name: 'a delivery that ends without an attempt gets no dead letter at once',
      breaks: deliveryEnds,
      from: "if (result.kind === 'recorded') await deadLetterDelivery(result.delivery, ports);",
      to: '',
      caughtBy: 'test/outbound/deliver/failure-causes.test.ts',
    },
    {
      name: 'a replay counts the attempts of the round before it',
      breaks: everyEvent,
      from: 'entry.n - delivery.attemptsBefore',
      to: 'entry.n',
      caughtBy: 'test/outbound/replay.test.ts',
    },
    {
      name: 'a task whose claim is lost is acknowledged',
      breaks: deliveryEnds,
      from: "result.kind === 'lost'\n    ? { kind: 'fail', after: seconds(Math.max(1, secondsUntil(result.until, now))) }\n    : acknowledge",
      to: 'acknowledge',
      caughtBy: recordTests,
    },
    {
      name: 'a delivery that waits for something of ours sends no task',
      breaks: everyEvent,
      from: "if (result.kind === 'recorded')\n    await ports.sendTask(",
      to: 'if (false)\n    await ports.sendTask(',
      caughtBy: 'test/outbound/deliver/deadlines.test.ts',
    },
    {
      name: 'a delivery that waits for something of ours is not marked as such',
      breaks: deliveryEnds,
      from: "cause: 'unready',",
      to: '',
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
        from: 'await ports.sendDeadDelivery(taskDeadLetter(serialiseMessage(task), givenUp, ports.now()));',
        to: '',
      },
    ],
  ),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/open-task.ts', caughtBy: guardTests }, [
    {
      name: 'a message that is no task is acknowledged without a dead letter',
      breaks: deliveryEnds,
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

export const deliverAttempts = [...attempting, ...recording];

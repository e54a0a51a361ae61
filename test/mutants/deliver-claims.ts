import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, everyEvent, noRepeat, held, ownEndpoint, limits, waits, disabled } = promises;
const claimTests = 'test/outbound/deliver/claim.test.ts';
const guardTests = 'test/outbound/deliver/deliver-guards.test.ts';
const deferTests = 'test/outbound/deliver/defer.test.ts';
const recordTests = 'test/outbound/deliver/record-attempt.test.ts';
const holdTests = 'test/outbound/hold-delivery.test.ts';
const recreatedTests = 'test/outbound/recreated-endpoint.test.ts';
const breakerTests = 'test/outbound/manual-breaker.test.ts';
const disableTests = 'test/outbound/disable-endpoint.test.ts';

const claiming = [
  ...mutantsOf({ file: 'lambdas/outbound/deliver/claim.ts', caughtBy: claimTests }, [
    {
      name: 'a task is acknowledged while another worker has its delivery',
      breaks: deliveryEnds,
      from: "? { kind: 'busy', wait: secondsUntil(leaseUntil, now) }",
      to: "? { kind: 'recorded' }",
    },
    {
      name: 'a task whose attempt is recorded comes back for ever',
      breaks: noRepeat,
      from: "if (delivery.attempts >= attempt) return { kind: 'recorded' };",
      to: '',
    },
    {
      name: 'a delivery whose worker died is left to the sweep',
      breaks: deliveryEnds,
      from: ": { kind: 'suspect', delivery };",
      to: ": { kind: 'recorded' };",
    },
    {
      name: 'a task that comes early is acknowledged',
      breaks: deliveryEnds,
      from: "return { kind: 'early', delivery, wait: secondsUntil(nextAttemptAt, now) };",
      to: "return { kind: 'recorded' };",
      caughtBy: guardTests,
    },
    {
      name: 'a task of a held delivery is acknowledged without a look at its endpoint',
      breaks: held,
      from: "if (delivery.status === 'held') return { kind: 'held', delivery };",
      to: '',
      caughtBy: holdTests,
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/deliver-one.ts', caughtBy: claimTests }, [
    {
      name: 'a delivery is claimed though no time is left for its attempt',
      breaks: deliveryEnds,
      from: 'if (!hasTimeForAttempt(settings, invocation)) return answered(retryInOneSecond);',
      to: '',
    },
    {
      name: 'a suspect of the delivery queue runs beside its batch',
      breaks: deliveryEnds,
      from: "if (claim.kind === 'suspect' && seen === undefined) return claim;",
      to: "if (claim.kind === 'suspect' && seen === undefined) return deliverOne(task, run, claim.delivery);",
    },
    {
      name: 'a task that finds a live lease is acknowledged',
      breaks: deliveryEnds,
      from: "case 'busy':\n      return { kind: 'fail', after: claim.wait };",
      to: "case 'busy':\n      return acknowledge;",
    },
    {
      name: 'a task that meets a held delivery does not look at its endpoint',
      breaks: held,
      from: 'await recheckHeld(claim.delivery, settings.deliveryRetention, ports);',
      to: '',
      caughtBy: holdTests,
    },
    {
      name: 'an early task is not sent again',
      breaks: deliveryEnds,
      from: 'await sendTaskAfter(claim.wait, task, claim.delivery, ports);',
      to: '',
      caughtBy: guardTests,
    },
    {
      name: 'a slot is not released after its attempt',
      breaks: limits,
      from: 'await releaseAndReact(permit, destination, seenEnd, run);',
      to: '',
      caughtBy: 'test/outbound/deliver/acquire-slot.test.ts',
    },
    {
      name: 'a success by hand releases nothing that waits',
      breaks: waits,
      from: "if (permit.kind === 'slot' && permit.slot.isByHand && outcome.kind === 'accepted')",
      to: 'if (false)',
      caughtBy: breakerTests,
    },
    {
      name: 'an endpoint that has failed for five days is not disabled',
      breaks: disabled,
      from: 'if (hasFailedTooLong)',
      to: 'if (false)',
      caughtBy: disableTests,
    },
    {
      name: 'an endpoint that answers 410 is disabled after the record',
      breaks: disabled,
      from: "if (end.kind === 'made' && end.outcome.kind === 'gone' && endpoint)",
      to: 'if (false)',
      caughtBy: disableTests,
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/deliver.ts', caughtBy: claimTests }, [
    {
      name: 'the failed tasks of a batch are not named',
      breaks: deliveryEnds,
      from: "answered.filter(({ result }) => result.kind === 'fail')",
      to: 'answered.filter(() => false)',
    },
    {
      name: 'what is done is not deleted before a suspect runs, and comes back after its crash',
      breaks: deliveryEnds,
      from: 'beforeSuspects: (done) => deleteAcknowledged(done, ports),',
      to: '',
    },
    {
      name: 'a task with a success to record makes a request',
      breaks: noRepeat,
      from: 'if (task.seen !== undefined) {',
      to: 'if (false) {',
      caughtBy: recordTests,
    },
    {
      name: 'a task that could not be run is acknowledged',
      breaks: deliveryEnds,
      from: "return answer(message, { kind: 'fail', after: settings.lease }, batch);",
      to: 'return answer(message, acknowledge, batch);',
      caughtBy: 'test/outbound/errored-work.test.ts',
    },
  ]),
];

const admission = [
  ...mutantsOf({ file: 'lambdas/outbound/deliver/admit.ts', caughtBy: deferTests }, [
    {
      name: 'a delivery to a disabled endpoint is tried',
      breaks: held,
      from: "if (endpoint?.status === 'disabled') {",
      to: 'if (false) {',
      caughtBy: holdTests,
    },
    {
      name: 'a test of a disabled endpoint is held when its task comes',
      breaks: held,
      from: "if (task.byHand === 'test') {",
      to: 'if (false) {',
      caughtBy: 'test/outbound/test-events.test.ts',
    },
    {
      name: 'a deferred task is not sent again',
      breaks: deliveryEnds,
      from: 'await sendTaskAfter(delay, task, delivery, ports);',
      to: '',
      caughtBy: 'test/outbound/deliver/acquire-slot.test.ts',
    },
    {
      name: 'a task is sent again before its deferral is recorded',
      breaks: noRepeat,
      from: 'const { ok, delivery } = await defer(task, times, ports);',
      to: 'const seen = await ports.deliveries.read(task.deliveryId);\n  if (seen) await sendTaskAfter(delay, task, seen, ports);\n  const { ok, delivery } = await defer(task, times, ports);',
    },
    {
      name: 'the delivery to a URL that is down for good never ends',
      breaks: deliveryEnds,
      from: 'task.isDirect && isForEndpoint ? 0 : until - now',
      to: 'until - now',
    },
    {
      name: 'a wait for the breaker uses up the deadline',
      breaks: everyEvent,
      from: 'task.isDirect && isForEndpoint ? 0 : until - now',
      to: '0',
    },
    {
      name: 'a delivery waits since its deferral, and not since the limiter was asked',
      breaks: waits,
      from: 'waitsSince: askedAt,',
      to: 'waitsSince: now,',
      caughtBy: breakerTests,
    },
    {
      name: 'a wait for a slot near the deadline uses it up',
      breaks: everyEvent,
      from: "if (ok || delivery?.status !== 'pending' || !isNearDeadline(delivery, now)) return write;",
      to: "if (ok || delivery?.status !== 'pending' || !isNearDeadline(delivery, now)) return write;\n  if (times.until > 0) return deliveries.defer(deliveryId, attempt, { ...times, extend: millis(0) });",
    },
    {
      name: 'a task that is deferred already comes back, so that tasks multiply',
      breaks: noRepeat,
      from: 'if (isDeferred) return acknowledge;',
      to: "if (isDeferred) return { kind: 'fail', after: delay };",
    },
    {
      name: 'a deferral under a live lease acknowledges its task',
      breaks: deliveryEnds,
      from: "if (refused.kind === 'busy') return { kind: 'fail', after: refused.wait };",
      to: '',
    },
    {
      name: 'a deferral of a suspect acknowledges its task',
      breaks: deliveryEnds,
      from: "return refused.kind === 'suspect' ? { kind: 'fail', after: delay } : acknowledge;",
      to: 'return acknowledge;',
    },
    {
      name: 'a slot is free before its attempt must have ended',
      breaks: limits,
      from: 'millis(own.attemptTimeout + margin)',
      to: 'millis(1)',
      caughtBy: 'test/outbound/deliver/acquire-slot.test.ts',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/endpoint-of-task.ts', caughtBy: recreatedTests }, [
    {
      name: 'a task of an earlier endpoint goes to a new one with its id',
      breaks: ownEndpoint,
      from: 'if (seen !== undefined && (generation ?? generationOf(seen)) === generationOf(seen))',
      to: 'if (seen !== undefined)',
    },
    {
      name: 'a delivery of a new endpoint is discarded by a worker that read the earlier one',
      breaks: everyEvent,
      from: "if (endpoint !== undefined && !isForEarlierEndpoint(delivery, endpoint)) return { kind: 'found', endpoint };",
      to: '',
    },
    {
      name: 'a claimed delivery of a new endpoint is discarded by a worker that read the earlier one',
      breaks: everyEvent,
      from: 'return endpoint === undefined || isForEarlierEndpoint(delivery, endpoint)\n    ?',
      to: 'return endpoint === undefined || delivery.id !== endpoint.id\n    ?',
      caughtBy: 'test/outbound/replay-to-recreated-endpoint.test.ts',
    },
  ]),
];

export const deliverClaims = [...claiming, ...admission];

import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, everyEvent, held, noExpiry, noRepeat, notices, ownEndpoint, waits } = promises;
const sweepTests = 'test/outbound/sweep/sweep.test.ts';
const holdTests = 'test/outbound/hold-delivery.test.ts';
const discardTests = 'test/outbound/discard-delivery.test.ts';
const replayTests = 'test/outbound/replay.test.ts';
const recoverTests = 'test/outbound/sweep/recover.test.ts';
const breakerTests = 'test/outbound/manual-breaker.test.ts';
const noticeTests = 'test/outbound/sweep/notify-failures.test.ts';
const disableTests = 'test/outbound/disable-endpoint.test.ts';

const sweeping = [
  ...mutantsOf({ file: 'lambdas/outbound/sweep/sweep-one.ts', caughtBy: sweepTests }, [
    {
      name: 'the sweep does nothing for what is due',
      breaks: deliveryEnds,
      from: "if (delivery === undefined || !isDue(delivery) || delivery.dueAt > now) return { kind: 'nothing' };",
      to: "if (delivery === undefined || !isDue(delivery) || delivery.dueAt > 0) return { kind: 'nothing' };",
    },
    {
      name: 'a sweep whose write is refused sends the task',
      breaks: noRepeat,
      from: "return ok && moved.status === 'pending' ? taskFor(moved, now, ports) : { kind: 'nothing' };",
      to: "return taskFor(moved?.status === 'pending' ? moved : delivery, now, ports);",
    },
    {
      name: 'a sweep whose write is refused sends the dead letter',
      breaks: notices,
      from: "if (!ok || moved.status !== 'failed') return { kind: 'nothing' };",
      to: "if (moved?.status !== 'failed') return { kind: 'nothing' };",
    },
    {
      name: 'a dead letter that a crash left unsent is not sent',
      breaks: deliveryEnds,
      from: 'await deadLetterDelivery(moved, ports);',
      to: '',
    },
    {
      name: 'the sweep sends a task while a worker has the delivery',
      breaks: noRepeat,
      from: 'if (leaseUntil !== undefined && leaseUntil > now) return later(leaseUntil, leaseGrace);',
      to: '',
    },
    {
      name: 'the sweep sends a retry that is not due yet',
      breaks: everyEvent,
      from: 'const isFarOff = nextAttemptAt !== undefined && secondsUntil(nextAttemptAt, now) > maxQueueDelay;',
      to: 'const isFarOff = false;',
      caughtBy: 'test/outbound/deliver/deliver.test.ts',
    },
    {
      name: 'the sweep sends a retry without its delay',
      breaks: everyEvent,
      from: 'secondsUntil(nextAttemptAt ?? now, now),',
      to: 'secondsUntil(now, now),',
    },
    {
      name: 'the event of an unfinished delivery expires',
      breaks: noExpiry,
      from: 'await ports.events.keep(outboundEventKey(tenant, eventId), until, now);',
      to: '',
      caughtBy: discardTests,
    },
    {
      name: 'the sweep does not look at the endpoint of a held delivery',
      breaks: held,
      from: "if (ok && moved.status === 'held') await recheckHeld(moved, retention, ports);",
      to: '',
      caughtBy: discardTests,
    },
    {
      name: 'an error with one delivery ends the sweep',
      breaks: deliveryEnds,
      from: "ports.telemetry.count('WorkErrored', {});\n    return { kind: 'error' };",
      to: "ports.telemetry.count('WorkErrored', {});\n    throw error;",
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/sweep/sweep.ts', caughtBy: sweepTests }, [
    {
      name: 'one of the due partitions is not swept',
      breaks: deliveryEnds,
      from: 'Array.from({ length: dueIndex.shards }, (_, shard)',
      to: 'Array.from({ length: dueIndex.shards / 2 }, (_, shard)',
    },
    {
      name: 'the sweep ends after its first page',
      breaks: deliveryEnds,
      from: 'after = page.next;',
      to: 'after = undefined;',
    },
    {
      name: 'the tasks of a page are not sent',
      breaks: deliveryEnds,
      from: 'if (tasks.length > 0) await ports.sendTasks(tasks);',
      to: '',
    },
    {
      name: 'the sweep goes on when its time is up',
      breaks: deliveryEnds,
      from: 'if (!hasTime()) return { done, isCutShort: true };',
      to: '',
    },
    {
      name: 'the sweep releases nothing that is held',
      breaks: held,
      from: 'orError(() => reconcileEndpoints(retention, hasTime, ports), ports),',
      to: 'orError(async () => 0, ports),',
      caughtBy: holdTests,
    },
    {
      name: 'the sweep goes on with no recovery',
      breaks: waits,
      from: 'orError(() => recoverAll(hasTime, ports), ports),',
      to: 'orError(async () => 0, ports),',
      caughtBy: recoverTests,
    },
    {
      name: 'the sweep notifies nobody of failures',
      breaks: notices,
      from: 'orError(() => notifyFailures(hasTime, ports), ports),',
      to: 'orError(async () => 0, ports),',
      caughtBy: noticeTests,
    },
  ]),
];

const letters = mutantsOf({ file: 'lambdas/outbound/dead-letter.ts', caughtBy: noticeTests }, [
  {
    name: 'a failed delivery leaves the due index before its dead letter is sent',
    breaks: deliveryEnds,
    from: 'await sendLetter(letter, delivery, ports);\n  await ports.deliveries.clearDue(id, round);',
    to: 'await ports.deliveries.clearDue(id, round);\n  await sendLetter(letter, delivery, ports);',
    caughtBy: sweepTests,
  },
  {
    name: 'a failed delivery stays in the due index after its dead letter',
    breaks: deliveryEnds,
    from: 'await ports.deliveries.clearDue(id, round);\n  report',
    to: 'report',
    caughtBy: sweepTests,
  },
  {
    name: 'a failed delivery is not counted for the operators',
    breaks: notices,
    from: 'if (delivery.countedRound !== round) await ports.tallies.add(endedDelivery(delivery, host), now);',
    to: '',
  },
  {
    name: 'a failed delivery is counted with each sweep',
    breaks: notices,
    from: 'if (delivery.countedRound !== round) await',
    to: 'await',
  },
  {
    name: 'a failed delivery is not noted as counted when its dead letter is not sent',
    breaks: notices,
    from: 'await ports.deliveries.noteCounted(id, round).catch(',
    to: 'await Promise.resolve(id).catch(',
  },
  {
    name: 'a dead letter that was not sent counts as sent',
    breaks: deliveryEnds,
    from: '    });\n    throw error;\n  }\n}\n\nfunction report(',
    to: '    });\n  }\n}\n\nfunction report(',
  },
]);

const holding = mutantsOf({ file: 'lambdas/outbound/hold-delivery.ts', caughtBy: holdTests }, [
  {
    name: 'a task whose delivery another worker has is acknowledged when its endpoint is disabled',
    breaks: deliveryEnds,
    from: "} else if (delivery.status === 'pending') {",
    to: '} else if (false) {',
  },
  {
    name: 'a delivery that is held just as its endpoint is enabled stays held',
    breaks: held,
    from: "if (delivery.status === 'held') await recheckHeld(delivery, retention, ports);",
    to: '',
  },
  {
    name: 'a held delivery of an earlier endpoint goes to a new one',
    breaks: ownEndpoint,
    from: 'if (endpoint === undefined || isForEarlierEndpoint(delivery, endpoint)) {',
    to: 'if (endpoint === undefined) {',
    caughtBy: discardTests,
  },
  {
    name: 'a held delivery of an enabled endpoint is not released',
    breaks: held,
    from: 'await releaseDelivery(delivery, ports);',
    to: '',
  },
  {
    name: 'a delivery is held for ever',
    breaks: deliveryEnds,
    from: '} else if (later(delivery.heldAt, longestHold) <= ports.now()) {',
    to: '} else if (false) {',
    caughtBy: discardTests,
  },
  {
    name: 'a delivery is held for less than 30 days',
    breaks: held,
    from: 'seconds(30 * 86_400)',
    to: 'seconds(20 * 86_400)',
    caughtBy: discardTests,
  },
  {
    name: 'a release whose response was lost sends no task',
    breaks: deliveryEnds,
    from: "const isReleased = ok || (delivery?.status === 'pending' && delivery.dueAt === dueAt);",
    to: 'const isReleased = ok;',
  },
  {
    name: 'each worker that sees a released delivery sends its task',
    breaks: noRepeat,
    from: "(delivery?.status === 'pending' && delivery.dueAt === dueAt)",
    to: "delivery?.status === 'pending'",
  },
  {
    name: 'a released delivery has no task',
    breaks: held,
    from: 'await ports.sendTask(taskMessage({ deliveryId: delivery.id, attempt: delivery.attempts + 1 }, delivery));',
    to: '',
  },
  {
    name: 'a task of a deleted endpoint is acknowledged while a worker has its delivery',
    breaks: deliveryEnds,
    from: "if (delivery.status === 'pending')\n    return { kind: 'fail'",
    to: "if (false)\n    return { kind: 'fail'",
    caughtBy: discardTests,
  },
  {
    name: 'the sweep looks at held deliveries at once, again and again',
    breaks: promises.limits,
    from: 'Math.min(firstHeldCheck * 2 ** sweeps, longestHeldCheck)',
    to: 'firstHeldCheck',
    caughtBy: discardTests,
  },
]);

const releasing = [
  ...mutantsOf({ file: 'lambdas/outbound/sweep/release-held.ts', caughtBy: holdTests }, [
    {
      name: 'a release ends as soon as the index shows nothing',
      breaks: held,
      from: 'else if (later(heldEmptyAt, indexLag) <= now) await ports.endpoints.reconciled(endpoint);',
      to: 'else await ports.endpoints.reconciled(endpoint);',
    },
    {
      name: 'a release with the index empty once ends though more was held since',
      breaks: held,
      from: 'await endRelease(released > 0 ? { ...endpoint, heldEmptyAt: undefined } : endpoint, ports);',
      to: 'await endRelease(endpoint, ports);',
    },
    {
      name: 'a release that ran out of time keeps the mark of an empty index',
      breaks: held,
      from: '} else if (endpoint.heldEmptyAt !== undefined) {\n    await ports.endpoints.markHeldEmpty(endpoint, undefined);\n  }',
      to: '}',
    },
    {
      name: 'a release never ends',
      breaks: promises.limits,
      from: 'else if (later(heldEmptyAt, indexLag) <= now) await ports.endpoints.reconciled(endpoint);',
      to: '',
    },
    {
      name: 'an error with one endpoint keeps the others from their release',
      breaks: held,
      from: "ports.telemetry.error('endpoint.reconcile-failed', { tenant, endpointId: id }, asError(error));",
      to: 'throw error;',
    },
    {
      name: 'operators are not notified again of an endpoint whose notice failed',
      breaks: notices,
      from: 'await announceDisabled(endpoint, ports);\n  return 0;',
      to: 'return 0;',
      caughtBy: disableTests,
    },
    {
      name: 'the sweep does not release what waits',
      breaks: waits,
      from: 'const waiting = await releaseWaiting(endpoint, upTo, hasTime, ports);',
      to: 'const waiting = { released: 0, isEmpty: true };',
      caughtBy: breakerTests,
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/release-waiting.ts', caughtBy: breakerTests }, [
    {
      name: 'a release sends what began to wait after it',
      breaks: noRepeat,
      from: 'seen.waitsSince === undefined || seen.waitsSince > upTo) return false;',
      to: 'seen.waitsSince === undefined) return false;',
    },
    {
      name: 'a released delivery keeps its wait',
      breaks: noRepeat,
      from: 'const delivery = await endWait(seen, ports.now(), ports);\n  if (delivery === undefined) return false;',
      to: 'const delivery = seen;',
    },
    {
      name: 'a delivery whose wait ended has no task',
      breaks: waits,
      from: 'await ports.sendTask(taskMessage({ deliveryId: id, attempt: delivery.attempts + 1 }, delivery));',
      to: '',
    },
    {
      name: 'the end of a wait whose response was lost sends no task',
      breaks: waits,
      from: 'return isOwn ? delivery : undefined;',
      to: 'return undefined;',
      caughtBy: replayTests,
    },
    {
      name: 'a release that ran out of time is not noted for the sweep',
      breaks: waits,
      from: 'const noted = await ports.endpoints.resumeEndpoint({ tenant, id }, now);',
      to: 'const noted = await ports.endpoints.read(tenant, id);',
    },
    {
      name: 'a release that fails takes the success with it',
      breaks: promises.seenSuccess,
      from: "ports.telemetry.error('endpoint.reconcile-failed', { tenant, endpointId: id }, asError(error));",
      to: 'throw error;',
    },
    {
      name: 'a release goes round for ever over an index that lags',
      breaks: promises.limits,
      from: 'if (count === 0) break;',
      to: 'if (count === 0 && released > 100) break;',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/disable-endpoint.ts', caughtBy: disableTests }, [
    {
      name: 'the note of a disabled endpoint is removed before operators are notified',
      breaks: notices,
      from: 'await ports.notifyOperators(endpointDisabled(endpoint, ports.now()));\n    await ports.endpoints.reconciled(endpoint);',
      to: 'await ports.endpoints.reconciled(endpoint);\n    await ports.notifyOperators(endpointDisabled(endpoint, ports.now()));',
    },
    {
      name: 'operators are not notified of a disabled endpoint',
      breaks: notices,
      from: 'if (disabled !== undefined) await announceDisabled(disabled, ports);',
      to: '',
    },
  ]),
];

const replaying = [
  ...mutantsOf({ file: 'lambdas/outbound/replay.ts', caughtBy: replayTests }, [
    {
      name: 'a replay begins its round before its event is kept',
      breaks: noExpiry,
      from: "const isKept = await ports.events.keep(event, eventExpiresAt, now);\n  if (!isKept) return refused('past-retention', `the event of ${id} is past its retention`);",
      to: '',
    },
    {
      name: 'a replay sends its task before its round begins',
      breaks: everyEvent,
      from: 'const write = await ports.deliveries.reopen(',
      to: 'await ports.sendTask(taskMessage({ deliveryId: id, attempt: seen.attempts + 1 }, seen));\n  const write = await ports.deliveries.reopen(',
    },
    {
      name: 'a replay that was refused is answered as done',
      breaks: noRepeat,
      from: "if (!write.ok) return refused('changed-meanwhile', `${id} was replayed or delivered in the meantime`);",
      to: "if (!write.ok) return { kind: 'replayed', delivery: seen, isHeld: false };",
    },
    {
      name: 'a replay has no task',
      breaks: waits,
      from: 'await ports.sendTask(taskMessage({ deliveryId: id, attempt: delivery.attempts + 1, byHand }, delivery));',
      to: '',
    },
    {
      name: 'a replay takes a delivery that is past its retention',
      breaks: everyEvent,
      from: "if (seen.expiresAt <= toUnixSeconds(now)) return refused('past-retention', `${id} is past its retention`);",
      to: '',
    },
    {
      name: 'a job sends a delivery that waits',
      breaks: noRepeat,
      from: "if (seen.status === 'held' || (seen.status === 'pending' && by === 'job'))",
      to: "if (seen.status === 'held')",
    },
    {
      name: 'a person sends a delivery that a worker has',
      breaks: noRepeat,
      from: 'if (leaseUntil !== undefined)',
      to: 'if (false)',
      caughtBy: breakerTests,
    },
    {
      name: 'a delivery that a person sends keeps its wait',
      breaks: waits,
      from: 'nextAttemptAt === undefined ? seen : await endWait(seen, now, ports)',
      to: 'seen',
      caughtBy: breakerTests,
    },
    {
      name: 'a replay is not due if its task is lost',
      breaks: deliveryEnds,
      from: 'dueAfterCreation(now),\n    route.generation,',
      to: 'eventExpiresAt * 1000,\n    route.generation,',
    },
  ]),
  ...mutantsOf(
    {
      file: 'lambdas/outbound/replay-route.ts',
      caughtBy: 'test/outbound/replay-to-recreated-endpoint.test.ts',
    },
    [
      {
        name: 'a replay goes to another endpoint with the id',
        breaks: ownEndpoint,
        from: 'if (isForEarlierEndpoint(delivery, endpoint) && !toCurrentEndpoint) {',
        to: 'if (false) {',
      },
      {
        name: 'a replay to a deleted endpoint is answered as done',
        breaks: everyEvent,
        from: "return { kind: 'closed', cause: 'endpoint-deleted', reason };",
        to: "return { kind: 'open', isHeld: false };",
      },
    ],
  ),
  ...mutantsOf({ file: 'lambdas/outbound/sweep/recover.ts', caughtBy: recoverTests }, [
    {
      name: 'a recovery repeats what it replayed before its worker died',
      breaks: noRepeat,
      from: "if (roundBegan >= createdAt) return delivery.round > 1 ? 'replayed' : 'passed';",
      to: '',
    },
    {
      name: 'a recovery replays what has not failed',
      breaks: noRepeat,
      from: "if (!isRecoverable(delivery, toCurrentEndpoint)) return 'passed';",
      to: '',
    },
    {
      name: 'a recovery records its page before it is replayed',
      breaks: waits,
      from: 'const progress = await replayPage(job, ports);\n    const noted = await ports.recoveries.advance(job, progress, ports.now());',
      to: 'const page = replayPage({ ...job, createdAt: job.createdAt }, ports);\n    const progress = { ...job, ...(await ports.recoveries.advance(job, { ...job, status: "done" }, ports.now())) };\n    const noted = progress;\n    await page;',
    },
    {
      name: 'a recovery goes on without a claim',
      breaks: noRepeat,
      from: 'if (job === undefined) return { replayed: 0, isRunning: false };',
      to: 'if (job === undefined) return { replayed: 1, isRunning: false };',
    },
    {
      name: 'a recovery ends after its first page',
      breaks: waits,
      from: "status: next === undefined ? 'done' : 'running',",
      to: "status: 'done',",
    },
    {
      name: 'a recovery goes on when its time is up',
      breaks: waits,
      from: 'if (!hasTime()) return total + replayed;',
      to: '',
    },
    {
      name: 'the replays of a recovery pass the breaker like those of a person',
      breaks: promises.limits,
      from: "{ toCurrentEndpoint, by: 'job' }",
      to: "{ toCurrentEndpoint, by: 'hand' }",
    },
  ]),
];

const notifying = mutantsOf({ file: 'lambdas/outbound/sweep/notify-failures.ts', caughtBy: noticeTests }, [
  {
    name: 'failures count as notified before operators are',
    breaks: notices,
    from: 'await ports.notifyOperators(deliveryExhausted(tally, now));\n    await ports.tallies.notified(tally, later(now, notificationPause), now);',
    to: 'await ports.tallies.notified(tally, later(now, notificationPause), now);\n    await ports.notifyOperators(deliveryExhausted(tally, now));',
  },
  {
    name: 'failures that are notified are notified again',
    breaks: notices,
    from: 'if (tally === undefined || tally.notifyAt > now) return false;',
    to: 'if (tally === undefined) return false;',
  },
  {
    name: 'an endpoint whose notice fails keeps the others from theirs',
    breaks: notices,
    from: "ports.telemetry.error('failures.notify-failed', { tally: name }, asError(error));\n    return false;",
    to: 'throw error;',
  },
  {
    name: 'the notices end after a full page',
    breaks: notices,
    from: 'if (names.length < talliesAtOnce || notified === before) break;',
    to: 'if (names.length <= talliesAtOnce || notified === before) break;',
  },
]);

export const sweepMutants = [...sweeping, ...letters, ...holding, ...releasing, ...replaying, ...notifying];

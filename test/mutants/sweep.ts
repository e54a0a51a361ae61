import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, everyEvent, noRepeat, held, noExpiry, waits, notices } = promises;
const sweepTests = 'test/outbound/sweep/sweep.test.ts';
const holdTests = 'test/outbound/hold-delivery.test.ts';
const discardTests = 'test/outbound/discard-delivery.test.ts';
const recoverTests = 'test/outbound/sweep/recover.test.ts';
const noticeTests = 'test/outbound/sweep/notify-failures.test.ts';

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
      name: 'the sweep sends a retry without its delay',
      breaks: everyEvent,
      from: 'secondsUntil(nextAttemptAt ?? now, now),',
      to: 'secondsUntil(now, now),',
    },
    {
      name: 'the event of an unfinished delivery that is due expires',
      breaks: noExpiry,
      from: 'eventExpiresAt: await keepEvent(delivery, now, retention, ports) };',
      to: 'eventExpiresAt: delivery.eventExpiresAt };',
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
    name: 'the notices end after a full page',
    breaks: notices,
    from: 'if (names.length < talliesAtOnce || notified === before) break;',
    to: 'if (names.length <= talliesAtOnce || notified === before) break;',
  },
]);

export const sweepMutants = [...sweeping, ...letters, ...notifying];

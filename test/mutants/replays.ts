import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const lastsNoRetention = 'no run publishes or replays an event when it expires';

const { deliveryEnds, everyEvent, noRepeat, noExpiry, ownEndpoint, waits } = promises;
const replayTests = 'test/outbound/replay.test.ts';
const recoverTests = 'test/outbound/sweep/recover.test.ts';
const breakerTests = 'test/outbound/manual-breaker.test.ts';

const replaying = [
  ...mutantsOf({ file: 'lambdas/outbound/replay.ts', caughtBy: replayTests }, [
    {
      name: 'a replay begins its round before its event is kept',
      breaks: noExpiry,
      outsideSimulation: lastsNoRetention,
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
      outsideSimulation: lastsNoRetention,
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
      from: "if (beganAfter(delivery, createdAt)) return delivery.round > 1 ? 'replayed' : 'passed';",
      to: '',
    },
    {
      name: 'a recovery leaves out what waited beyond its deadline',
      breaks: everyEvent,
      from: 'deadline - lifetime >= time && !failedBefore',
      to: 'deadline - lifetime >= time',
      caughtBy: 'test/outbound/sweep/recovered.test.ts',
    },
    {
      name: 'a recovery replays what has not failed',
      breaks: noRepeat,
      from: "if (!isRecoverable(delivery, toCurrentEndpoint)) return 'passed';",
      to: '',
      caughtBy: 'test/outbound/sweep/recovered.test.ts',
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
      from: "status: keys.length === 0 ? 'done' : 'running',",
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
      caughtBy: 'test/outbound/sweep/recovered.test.ts',
    },
  ]),
];

export const replayMutants = [...replaying];

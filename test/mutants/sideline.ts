import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, everyEvent, limits, waits, disabled } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';
const sidelineTests = 'test/outbound/deliver/sideline.test.ts';
const cutTests = 'test/outbound/deliver/cut-requests.test.ts';
const freeTests = 'test/outbound/deliver/free-requests.test.ts';
const sameWorkers = 'in the simulation the same workers take the tasks of both queues';
const noTruth = 'the simulation does not know how long an endpoint takes the next time';

const routes = [
  ...mutantsOf(
    { file: 'lambdas/outbound/deliver/admit.ts', caughtBy: sidelineTests, outsideSimulation: sameWorkers },
    [
      {
        name: 'a worker of the delivery queue keeps the task of a sidelined endpoint',
        breaks: limits,
        from: "if (invocation.queue === 'delivery' && (await goesToSideline(task, ports))) {",
        to: 'if (false) {',
      },
      {
        name: 'a worker of the sideline queue passes on, too',
        breaks: deliveryEnds,
        from: "if (invocation.queue === 'delivery' && (await",
        to: 'if ((await',
      },
      {
        name: 'a request by hand waits behind the tasks of an endpoint that is down',
        breaks: waits,
        from: 'isSidelined(state) && (task.byHand === undefined || state.openUntil === undefined)',
        to: 'isSidelined(state)',
      },
    ],
  ),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/admit.ts', caughtBy: sidelineTests }, [
    {
      name: 'a task is passed on without being sent',
      breaks: deliveryEnds,
      from: 'await ports.sendTask(sidelined(task));',
      to: '',
    },
  ]),
  ...mutantsOf(
    { file: 'lambdas/outbound/send-task-after.ts', caughtBy: sidelineTests, outsideSimulation: sameWorkers },
    [
      {
        name: 'the retries of a sidelined endpoint go to the delivery queue',
        breaks: limits,
        from: "isSidelined(known.state) ? 'sideline' : 'delivery'",
        to: "isSidelined(known.state) ? 'delivery' : 'delivery'",
      },
    ],
  ),
  ...mutantsOf(
    { file: 'lambdas/domain/limiter.ts', caughtBy: sidelineTests, outsideSimulation: sameWorkers },
    [
      {
        name: 'an endpoint that is down is not sidelined',
        breaks: limits,
        from: 'slowAt !== undefined || openUntil !== undefined;',
        to: 'slowAt !== undefined;',
      },
      {
        name: 'an endpoint that was slow is quick again after one quick success',
        breaks: limits,
        from: 'export const quickAgainAfter = 20;',
        to: 'export const quickAgainAfter = 1;',
        caughtBy: freeTests,
        outsideSimulation: undefined,
      },
    ],
  ),
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/limiter/learnt.ts', caughtBy: contracts }, [
    {
      name: 'a quick refusal begins the count of quick successes again',
      breaks: limits,
      from: 'return failed({ ...answered, provenAt }, shown, limits, now);',
      to: 'return failed({ ...answered, provenAt, slowAt: now, slowLeft: quickAgainAfter }, shown, limits, now);',
    },
  ]),
  ...mutantsOf(
    {
      file: 'lib/settings.ts',
      caughtBy: 'test/lib/flows.test.ts',
      outsideSimulation: 'the simulation deploys nothing',
    },
    [
      {
        name: 'the sideline queue has as many functions as the other',
        breaks: limits,
        from: 'Math.max(2, Math.floor(maxConcurrency / 5))',
        to: 'maxConcurrency',
      },
    ],
  ),
];

const deadlines = [
  ...mutantsOf(
    { file: 'lambdas/domain/request-deadline.ts', caughtBy: cutTests, outsideSimulation: noTruth },
    [
      {
        name: 'a worker of the delivery queue waits for as long as the endpoint may take',
        breaks: limits,
        from: "if (queue === 'delivery') return slowAfter;",
        to: '',
      },
      {
        name: 'a probe always has 5 s',
        breaks: waits,
        from: 'slowAfter * 2 ** failedProbes',
        to: 'slowAfter',
      },
      {
        name: 'a probe has its whole time at once',
        breaks: limits,
        from: 'failedProbes === undefined ? Number.POSITIVE_INFINITY : slowAfter * 2 ** failedProbes',
        to: 'Number.POSITIVE_INFINITY',
      },
      {
        name: 'a request that is cut counts as a failed attempt',
        breaks: disabled,
        from: 'if (deadline >= own.attemptTimeout || took < deadline - timerSkew) return false;',
        to: 'return false;',
      },
      {
        name: 'a connection that is not made in its time is tried again as the same attempt',
        breaks: everyEvent,
        from: 'return isConnected || own.connectTimeout > deadline;',
        to: 'return true;',
      },
    ],
  ),
  ...mutantsOf(
    { file: 'lambdas/outbound/deliver/endpoint-health.ts', caughtBy: cutTests, outsideSimulation: noTruth },
    [
      {
        name: 'a probe that is cut leaves the breaker as it was',
        breaks: limits,
        from: "health: isProbe ? 'down' : 'hanging',",
        to: "health: 'hanging',",
      },
      {
        name: 'a request that is cut opens the breaker',
        breaks: disabled,
        from: "health: isProbe ? 'down' : 'hanging',",
        to: "health: 'down',",
      },
    ],
  ),
  ...mutantsOf(
    { file: 'lambdas/outbound/deliver/plan-after.ts', caughtBy: cutTests, outsideSimulation: noTruth },
    [
      {
        name: 'the task of a request that was cut goes to the delivery queue',
        breaks: limits,
        from: "delay: atOnce, queue: 'sideline',",
        to: "delay: atOnce, queue: 'delivery',",
      },
      {
        name: 'a request that is cut near the deadline of its delivery is the last',
        breaks: everyEvent,
        from: 'record.deadline ?? (isNearDeadline(delivery, now) ? nearDeadline(now) : undefined)',
        to: 'record.deadline',
      },
    ],
  ),
  ...mutantsOf(
    { file: 'lambdas/outbound/deliver/finish.ts', caughtBy: cutTests, outsideSimulation: noTruth },
    [
      {
        name: 'a test that was cut goes on as any delivery',
        breaks: waits,
        from: "end.kind === 'cut' ? { ...next, byHand } : next",
        to: 'next',
      },
    ],
  ),
];

/** Mistakes in what keeps endpoints apart that are slow or down. */
export const sidelineMutants = [...routes, ...deadlines];

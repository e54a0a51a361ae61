import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, everyEvent, noRepeat, held } = promises;
const caughtBy = 'test/outbound/announced-deliveries.test.ts';

/** Mistakes with deliveries that have no record before their first claim. */
export const announcedDeliveryMutants = [
  ...mutantsOf({ file: 'lambdas/outbound/publish/record-event.ts', caughtBy }, [
    {
      name: 'an event that is published again is not announced where an earlier publisher died',
      breaks: everyEvent,
      from: 'const found = origin.isEventNew ? undefined : await ports.deliveries.read(delivery.id);',
      to: 'if (!origin.isEventNew) return { delivery, isNew: false, needsTask: false, needsManifest: false };\n  const found = undefined as Delivery | undefined;',
      caughtBy: 'test/outbound/publish/fan-out.test.ts',
    },
    {
      name: 'a delivery to a disabled endpoint is announced, and its tasks are never counted as held',
      breaks: held,
      from: "endpoint === undefined || endpoint.status === 'disabled' || origin.isTest",
      to: 'endpoint === undefined || origin.isTest',
      caughtBy: 'test/outbound/hold-delivery.test.ts',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/publish/start-deliveries.ts', caughtBy }, [
    {
      name: 'tasks are sent before their manifest is written',
      breaks: deliveryEnds,
      from: 'const named = new Map',
      to: 'if (tasks.length > 0) await ports.sendTasks(tasks);\n  const named = new Map',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/make-announced.ts', caughtBy }, [
    {
      name: 'an announced delivery has no record when it is held, discarded or deferred',
      breaks: everyEvent,
      from: 'await deliveries.create(firstRecord(announced));',
      to: 'return;',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/domain/announced-delivery.ts', caughtBy }, [
    {
      name: 'a task makes a second record when the first one has expired',
      breaks: noRepeat,
      from: 'now < later(createdAt, seconds(Math.min(longestAnnounced, retention)));',
      to: 'now < later(createdAt, days(1000));',
      outsideSimulation: 'no task is as old as the retention',
    },
  ]),
  ...mutantsOf(
    {
      file: 'lambdas/adapters/dynamodb/deliveries/turns.ts',
      caughtBy: 'test/adapters/dynamodb/repeated-turns.test.ts',
    },
    [
      {
        name: 'the claim of an announced delivery whose answer is lost is not known again',
        breaks: deliveryEnds,
        from: 'return isDone({ leaseUntil, turn }, existing)',
        to: 'return isDone({ turn: undefined }, existing)',
        outsideSimulation: 'the delivery goes when the lease is over, as a suspect',
      },
      {
        name: 'any claim of an announced delivery is taken for one of this worker',
        breaks: noRepeat,
        from: 'return isDone({ leaseUntil, turn }, existing)',
        to: 'return isDone({}, existing)',
        caughtBy: 'test/adapters/dynamodb/evaluator-contracts.test.ts',
      },
    ],
  ),
  ...mutantsOf({ file: 'lambdas/outbound/send-task-after.ts', caughtBy }, [
    {
      name: 'a task that is sent again announces its delivery',
      breaks: noRepeat,
      from: '{ ...task, announced: undefined }',
      to: 'task',
      outsideSimulation: 'it costs a write that is refused',
    },
  ]),
];

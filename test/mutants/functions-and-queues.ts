import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { durable, inboundEnds, published, deliveryEnds, everyEvent, limits } = promises;
const ownFile = 'the simulation does not run the functions’ own files';
const noSqs = 'the simulation has stand-in queues';
const consumeLambda = 'test/inbound/consume-lambda.test.ts';

const functions = [
  ...mutantsOf(
    {
      file: 'lib/parts/function-build.ts',
      caughtBy: 'test/lib/bundle.test.ts',
      outsideSimulation: 'the simulation deploys nothing',
    },
    [
      {
        name: 'the handlers of an app are left out of its consumers',
        breaks: inboundEnds,
        from: 'registry: registry ?? noHandlers',
        to: 'registry: noHandlers',
      },
      {
        name: 'a registry that exports no handlers is taken',
        breaks: inboundEnds,
        from: "outputs['registry.mjs']?.exports.includes('handlers') !== true",
        to: 'false',
      },
    ],
  ),
  ...mutantsOf(
    {
      file: 'lambdas/inbound/consume.lambda.ts',
      caughtBy: consumeLambda,
      outsideSimulation: ownFile,
    },
    [
      {
        name: 'λ consume names no failed message',
        breaks: inboundEnds,
        from: 'failedMessageIds.map((itemIdentifier) => ({ itemIdentifier }))',
        to: '[]',
      },
      {
        name: 'λ consume goes on beside a handler that does not stop',
        breaks: inboundEnds,
        from: 'if (hung) endProcess();',
        to: '',
      },
      {
        name: 'λ consume sends its dead letters back to the queue',
        breaks: inboundEnds,
        from: 'sqsQueue(sqsClient(patientCalls), env.DLQ_URL)',
        to: 'sqsQueue(sqsClient(patientCalls), env.QUEUE_URL)',
      },
    ],
  ),
  ...mutantsOf(
    {
      file: 'lambdas/outbound/deliver/deliver.lambda.ts',
      caughtBy: 'test/outbound/deliver/deliver-lambda.test.ts',
      outsideSimulation: ownFile,
    },
    [
      {
        name: 'λ deliver takes a batch of the sideline queue for one of the delivery queue',
        breaks: limits,
        from: "? 'sideline' : 'delivery';",
        to: "? 'delivery' : 'delivery';",
      },
      {
        name: 'λ deliver names no failed message',
        breaks: deliveryEnds,
        from: 'failed.map((itemIdentifier) => ({ itemIdentifier }))',
        to: '[]',
      },
    ],
  ),
  ...mutantsOf(
    {
      file: 'lambdas/outbound/publish/publish.lambda.ts',
      caughtBy: 'test/outbound/publish/publish-lambda.test.ts',
      outsideSimulation: ownFile,
    },
    [
      {
        name: 'λ publish names no failed message',
        breaks: published,
        from: 'failed.map((itemIdentifier) => ({ itemIdentifier }))',
        to: '[]',
      },
    ],
  ),
];

const queue = mutantsOf(
  {
    file: 'lambdas/adapters/sqs/queue.ts',
    caughtBy: 'test/adapters/sqs/queue.test.ts',
    outsideSimulation: noSqs,
  },
  [
    {
      name: 'a batch that SQS took in part counts as sent',
      breaks: durable,
      from: 'if (failed.length > 0) {',
      to: 'if (failed.length === batch.length) {',
    },
    {
      name: 'a message that SQS refused counts as sent back',
      breaks: inboundEnds,
      from: 'return codes.has(id)',
      to: 'return codes.has(`${id}-`)',
    },
    {
      name: 'a batch that was not sent counts as sent back',
      breaks: inboundEnds,
      from: 'return batch.map(() => cause);',
      to: 'return batch.map(() => undefined);',
      caughtBy: 'test/adapters/sqs/gathered-sends.test.ts',
    },
    {
      name: 'a message goes without its delay',
      breaks: everyEvent,
      from: 'DelaySeconds: message.delay,',
      to: '',
    },
    {
      name: 'a message goes without its group',
      breaks: promises.limits,
      from: 'MessageGroupId: message.groupId,',
      to: '',
    },
    {
      name: 'an attribute that SQS refuses fails its send',
      breaks: durable,
      from: 'sendable.test(value) &&',
      to: '',
    },
    {
      name: 'an attribute that is too long fails its send',
      breaks: durable,
      from: ' && utf8Bytes(value) <= maxAttributeBytes',
      to: '',
    },
    {
      name: 'a batch has more messages than SQS takes',
      breaks: durable,
      from: 'current.length < maxBatchEntries && ',
      to: '',
    },
    {
      name: 'a batch is larger than SQS takes',
      breaks: durable,
      from: ' && bytes + size <= maxMessageBytes',
      to: '',
    },
    {
      name: 'a message does not come back when it should',
      breaks: everyEvent,
      from: 'VisibilityTimeout: after,',
      to: 'VisibilityTimeout: 0,',
    },
  ],
);

const gathered = mutantsOf(
  {
    file: 'lambdas/adapters/sqs/gathered-sends.ts',
    caughtBy: 'test/adapters/sqs/gathered-sends.test.ts',
    outsideSimulation: noSqs,
  },
  [
    {
      name: 'a gathered message that SQS refused counts as sent',
      breaks: inboundEnds,
      from: 'else sent.reject(refusal);',
      to: 'else sent.resolve();',
    },
    {
      name: 'gathered messages whose call failed count as sent',
      breaks: inboundEnds,
      from: 'for (const { sent } of batch) sent.reject(error);',
      to: 'for (const { sent } of batch) sent.resolve(void error);',
    },
    {
      name: 'a message that comes during a gathered send is lost',
      breaks: inboundEnds,
      from: 'const batch = waiting;\n    waiting = [];\n    try {\n      const refusals = await sendEach(batch.map(({ message }) => message));',
      to: 'const batch = waiting;\n    try {\n      const refusals = await sendEach(batch.map(({ message }) => message));\n      waiting = [];',
    },
  ],
);

const letters = mutantsOf(
  {
    file: 'lambdas/adapters/sqs/delivery-dead-letters.ts',
    caughtBy: 'test/adapters/sqs/delivery-dead-letters.test.ts',
    outsideSimulation: noSqs,
  },
  [
    {
      name: 'the dead letters of our own faults do not page',
      breaks: deliveryEnds,
      from: 'delivery: sqsQueue(client, urls.delivery),',
      to: 'delivery: sqsQueue(client, urls.undelivered),',
    },
  ],
);

export const functionAndQueueMutants = [...functions, ...queue, ...gathered, ...letters];

import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { bytes, deliveryEnds, durable, everyEvent, inboundEnds, notices, published, secrets } = promises;
const ownFile = 'the simulation does not run the functions’ own files';
const noSqs = 'the simulation has stand-in queues';
const consumeLambda = 'test/inbound/consume-lambda.test.ts';

const functions = [
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

const bucket = mutantsOf(
  {
    file: 'lambdas/adapters/s3/payload-store.ts',
    caughtBy: 'test/adapters/s3/payload-store.test.ts',
    outsideSimulation: 'the simulation has a stand-in bucket',
  },
  [
    {
      name: 'any error of the bucket counts as a missing body',
      breaks: inboundEnds,
      from: 'if (await isMissing(key, error)) return undefined;\n        throw error;',
      to: 'await isMissing(key, error);\n        return undefined;',
    },
    {
      name: 'a body that may not be read counts as missing',
      breaks: inboundEnds,
      from: 'return !Contents.some(({ Key }) => Key === key);',
      to: 'return Contents.length >= 0;',
    },
    {
      name: 'a missing body is an error that is tried for ever',
      breaks: deliveryEnds,
      from: 'if (error instanceof NoSuchKey) return true;',
      to: '',
    },
  ],
);

const bodies = mutantsOf(
  { file: 'lambdas/domain/stored-body.ts', caughtBy: 'test/domain/stored-body.test.ts' },
  [
    {
      name: 'a body is used though its bytes do not match its key',
      breaks: bytes,
      from: 'if (body === undefined || bodyHash(body) === hash) return body;',
      to: 'if (body === undefined || hash.length > 0) return body;',
    },
    {
      name: 'a body is read from any place in the bucket',
      breaks: bytes,
      from: "key.startsWith(prefix) ? key.slice(prefix.length) : ''",
      to: 'key.slice(-64)',
    },
  ],
);

const signing = [
  ...mutantsOf(
    {
      file: 'lambdas/adapters/secrets/signing-secret.ts',
      caughtBy: 'test/adapters/secrets/signing-secret.test.ts',
      outsideSimulation: 'the simulation has no Secrets Manager',
    },
    [
      {
        name: 'the old key of the stack does not sign after a rotation',
        breaks: secrets,
        from: 'if (now >= later(current.createdAt, rotationOverlap)) return keys;',
        to: 'if (now >= current.createdAt) return keys;',
      },
      {
        name: 'the old key of the stack signs for ever',
        breaks: secrets,
        from: 'if (now >= later(current.createdAt, rotationOverlap)) return keys;',
        to: '',
      },
    ],
  ),
  ...mutantsOf(
    {
      file: 'lambdas/adapters/secrets/master-secret.ts',
      caughtBy: 'test/adapters/secrets/master-secret.test.ts',
      outsideSimulation: 'the simulation has no Secrets Manager',
    },
    [
      {
        name: 'a resealed secret gets a later beginning',
        breaks: secrets,
        from: 'return { ...secret, sealed, sealedBy };',
        to: 'return { ...secret, sealed, sealedBy, createdAt: now };',
      },
      {
        name: 'secrets under the earlier master secret are never sealed again',
        breaks: secrets,
        from: 'if (areSecretsNew && headers === undefined) return undefined;',
        to: 'if (headers === undefined) return undefined;',
      },
    ],
  ),
  ...mutantsOf(
    {
      file: 'lambdas/adapters/secrets/master-keys.ts',
      caughtBy: 'test/adapters/secrets/master-secret.test.ts',
      outsideSimulation: 'the simulation has no Secrets Manager',
    },
    [
      {
        name: 'a new master secret is not read before the cache ends',
        breaks: everyEvent,
        from: 'find(await cached.get(now)) ?? find(await cached.get(now, unknownKeyReadEvery))',
        to: 'find(await cached.get(now))',
      },
      {
        name: 'the earlier master secret opens nothing',
        breaks: everyEvent,
        from: 'return [masterKey(current.value), ...earlier];',
        to: 'return [masterKey(current.value), ...earlier.slice(1)];',
      },
    ],
  ),
];

const readers = mutantsOf(
  {
    file: 'lambdas/outbound/sweep/keep-measured.ts',
    caughtBy: 'test/outbound/sweep/keep-measured.test.ts',
    outsideSimulation: 'no promise of the flows depends on what CloudWatch measures',
  },
  [
    {
      name: 'a queue that cannot be read keeps the others from being measured',
      breaks: notices,
      from: 'await Promise.allSettled(readQueues.map((read) => read()))',
      to: '(await Promise.all(readQueues.map((read) => read()))).filter(() => false)',
    },
  ],
);

export const adapterMutants = [
  ...functions,
  ...queue,
  ...gathered,
  ...letters,
  ...bucket,
  ...bodies,
  ...signing,
  ...readers,
];

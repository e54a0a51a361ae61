import { randomBytes } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { isTapQueue, tapQueuesOf } from '../../lambdas/domain/tap.ts';

/** The queue of a listener that was killed loses its messages after this time. */
const retentionSeconds = 300;
const waitSeconds = 5;

/** What the tap queues of a deployment have in common. */
interface TapQueues {
  readonly tapQueuePrefix: string;
  readonly encryptionKeyArn?: string;
}

/** Refuses plain HTTP, as every queue of a stack does. */
const tlsOnly = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 'sqs:*',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
});

/**
 * Makes a queue for one listener, and removes those that earlier listeners of the source left behind.
 *
 * @param of the name prefix of the deployment's tap queues, and the key that encrypts its queues, if it has one
 */
export async function makeTapQueue(client: SQSClient, of: TapQueues, source: string) {
  const { tapQueuePrefix: prefix, encryptionKeyArn } = of;
  const begin = tapQueuesOf(prefix, source);
  const name = `${begin}${randomBytes(4).toString('hex')}`;
  const { QueueUrls: found = [] } = await client.send(new ListQueuesCommand({ QueueNamePrefix: begin }));
  const leftover = found.filter((queue) => isTapQueue(queue.split('/').at(-1) ?? '', prefix, source));
  const { QueueUrl: url = '' } = await client.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: {
        MessageRetentionPeriod: String(retentionSeconds),
        ...(encryptionKeyArn === undefined
          ? { SqsManagedSseEnabled: 'true' }
          : { KmsMasterKeyId: encryptionKeyArn }),
        Policy: tlsOnly,
      },
    }),
  );
  return {
    name,

    /** Receives and deletes up to ten messages, waiting for up to five seconds. */
    async take(signal: AbortSignal): Promise<readonly string[]> {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: waitSeconds }),
        { abortSignal: signal },
      );
      if (Messages.length === 0) return [];
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
      return Messages.map(({ Body = '' }) => Body);
    },

    /** Deletes the queues of listeners that were killed. */
    removeLeftover: () =>
      Promise.all(leftover.map((queue) => client.send(new DeleteQueueCommand({ QueueUrl: queue })))),
    remove: () => client.send(new DeleteQueueCommand({ QueueUrl: url })),
  };
}

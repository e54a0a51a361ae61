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
 * The queue of one listener, which is made by `make`.
 *
 * @param of the name prefix of the deployment's tap queues, and the key that encrypts its queues, if it has one
 */
export function tapQueue(client: SQSClient, of: TapQueues, source: string) {
  const { tapQueuePrefix: prefix, encryptionKeyArn } = of;
  const begin = tapQueuesOf(prefix, source);
  const name = `${begin}${randomBytes(4).toString('hex')}`;
  let url = '';
  return {
    name,

    async make(): Promise<void> {
      const { QueueUrl = '' } = await client.send(
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
      url = QueueUrl;
    },

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

    /**
     * Deletes the queues of listeners of the source that were killed.
     *
     * @param live reads the names of the queues that have a tap. A listener opens its tap before it makes its queue, so the
     *   queues are listed first
     */
    async removeLeftover(live: () => Promise<readonly string[]>): Promise<void> {
      const { QueueUrls = [] } = await client.send(new ListQueuesCommand({ QueueNamePrefix: begin }));
      const kept = [name, ...(await live())];
      const leftover = QueueUrls.filter((queue) => {
        const found = queue.split('/').at(-1) ?? '';
        return isTapQueue(found, prefix, source) && !kept.includes(found);
      });
      await Promise.all(leftover.map((queue) => client.send(new DeleteQueueCommand({ QueueUrl: queue }))));
    },

    remove: () => client.send(new DeleteQueueCommand({ QueueUrl: url })),
  };
}

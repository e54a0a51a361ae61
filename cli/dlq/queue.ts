import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { parseJson } from '../../lambdas/domain/json.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import type { DlqMessage } from './dead-letter.ts';

/** The batch limit of SQS. */
const batchSize = 10;
/** How long received messages stay invisible when the command is killed. */
const visibilitySeconds = 60;

/** Reads a dead-letter queue; received messages become visible again unless they are deleted. */
export function dlqQueue(client: SQSClient, QueueUrl: string) {
  return {
    /** @returns up to ten messages, hidden from other receivers for a minute; none at the end of the queue */
    async receive(): Promise<readonly DlqMessage[]> {
      const { Messages } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: batchSize,
          VisibilityTimeout: visibilitySeconds,
          // A long poll queries every server, so an empty result means an empty queue.
          WaitTimeSeconds: 1,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      );
      return (Messages ?? []).map(toDlqMessage);
    },

    /** Makes messages visible again at once. */
    async makeVisible(messages: readonly DlqMessage[]): Promise<void> {
      for (let from = 0; from < messages.length; from += batchSize) {
        const Entries = messages.slice(from, from + batchSize).map(({ receiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: 0,
        }));
        await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
      }
    },

    async delete({ receiptHandle }: DlqMessage): Promise<void> {
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
    },

    /** @returns the approximate number of messages, including those in flight */
    async count(): Promise<number> {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return Object.values(Attributes ?? {}).reduce((sum, value) => sum + Number(value), 0);
    },
  };
}

/** @returns the number of receives after which SQS moves a message of a work queue to its DLQ */
export async function maxReceivesOf(
  client: SQSClient,
  workQueueUrl: string | undefined,
): Promise<number | undefined> {
  if (workQueueUrl === undefined) return undefined;
  const command = new GetQueueAttributesCommand({
    QueueUrl: workQueueUrl,
    AttributeNames: ['RedrivePolicy'],
  });
  const { Attributes } = await client.send(command);
  const policy = parseJson(Attributes?.['RedrivePolicy'] ?? '{}');
  const count = policy && typeof policy === 'object' && 'maxReceiveCount' in policy && policy.maxReceiveCount;
  const receives = typeof count === 'object' ? 0 : Number(count);
  return Number.isSafeInteger(receives) && receives > 0 ? receives : undefined;
}

const toDlqMessage = (message: Message): DlqMessage => ({
  messageId: message.MessageId ?? '',
  receiptHandle: message.ReceiptHandle ?? '',
  body: message.Body ?? '',
  sentAt: unixMillis(Number(message.Attributes?.SentTimestamp ?? 0)),
  attributes: Object.fromEntries(
    Object.entries(message.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
      name,
      StringValue ?? '',
    ]),
  ),
});

import type { SendMessageBatchCommandInput } from '@aws-sdk/client-sqs';
import { AwsError } from '../../../lambdas/adapters/aws/errors.ts';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SqsClient,
} from '../../../lambdas/adapters/sqs/commands.ts';
import { seconds } from '../../../lambdas/domain/time.ts';
import { clientBy } from '../command-client.ts';
import { PurgeQueueCommand, ReceiveMessageCommand } from './commands.ts';
import { checkBatch, refusal } from './limits.ts';
import type { StoredQueue } from './stored-queue.ts';

/** A client of SQS in memory. The effect of a call happens in the very call of `send`. */
export function sqsInMemory(queues: Readonly<Record<string, StoredQueue>>): SqsClient {
  const queueAt = (url = ''): StoredQueue => {
    const queue = queues[url];
    if (queue === undefined) throw refusal('QueueDoesNotExist', `there is no queue ${url}`);
    return queue;
  };
  return clientBy(async (command) => answerTo(command, queueAt));
}

function answerTo(command: unknown, queueAt: (url?: string) => StoredQueue): object {
  if (command instanceof SendMessageCommand) {
    const { QueueUrl, ...message } = command.input;
    return { MessageId: queueAt(QueueUrl).send(message) };
  }
  if (command instanceof SendMessageBatchCommand)
    return batchAnswer(command.input, queueAt(command.input.QueueUrl));
  if (command instanceof ReceiveMessageCommand)
    return receiveAnswer(command, queueAt(command.input.QueueUrl));
  if (command instanceof DeleteMessageCommand) {
    queueAt(command.input.QueueUrl).delete(command.input.ReceiptHandle ?? '');
    return {};
  }
  if (command instanceof ChangeMessageVisibilityCommand) {
    const { QueueUrl, ReceiptHandle = '', VisibilityTimeout = 0 } = command.input;
    queueAt(QueueUrl).changeVisibility(ReceiptHandle, seconds(VisibilityTimeout));
    return {};
  }
  if (command instanceof PurgeQueueCommand) {
    queueAt(command.input.QueueUrl).purge();
    return {};
  }
  if (command instanceof GetQueueAttributesCommand) return countsOf(queueAt(command.input.QueueUrl));
  throw new Error('the stand-in does not know this call of SQS');
}

/** Each entry fails singly. */
function batchAnswer({ Entries = [] }: SendMessageBatchCommandInput, queue: StoredQueue): object {
  checkBatch(Entries);
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const { Id, ...message } of Entries) {
    try {
      Successful.push({ Id, MessageId: queue.send(message) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id, Code: error.name, Message: error.message, SenderFault: true });
    }
  }
  return { Successful, Failed };
}

function receiveAnswer({ input }: ReceiveMessageCommand, queue: StoredQueue): object {
  const { MaxNumberOfMessages = 1, VisibilityTimeout } = input;
  const hiddenFor = VisibilityTimeout === undefined ? undefined : seconds(VisibilityTimeout);
  const messages = queue.receive(MaxNumberOfMessages, hiddenFor);
  if (messages.length === 0) return {};
  return {
    Messages: messages.map(({ messageId, receiptHandle, text, receives, attributes, sentAt }) => ({
      MessageId: messageId,
      ReceiptHandle: receiptHandle,
      Body: text,
      Attributes: { ApproximateReceiveCount: String(receives), SentTimestamp: String(sentAt) },
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      ),
    })),
  };
}

function countsOf(queue: StoredQueue): object {
  return { Attributes: { ApproximateNumberOfMessages: String(queue.messages.size) } };
}

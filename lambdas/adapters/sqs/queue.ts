import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { asError } from '../../domain/errors.ts';
import { maxMessageBytes, utf8Bytes } from '../../domain/messages.ts';
import type { Seconds } from '../../domain/time.ts';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SqsClient,
} from './commands.ts';

/** One message for SQS, already serialised. */
export interface OutgoingMessage {
  readonly body: string;
  /** String attributes. Omits an empty, over-long or unsendable one, so that it never fails the send. */
  readonly attributes?: Readonly<Record<string, string | undefined>>;
  /** The group of a fair queue or a FIFO queue: at most 128 ASCII characters. */
  readonly groupId?: string;
  /** Only for a FIFO queue, which ignores a repeat of it for five minutes: at most 128 ASCII characters. */
  readonly deduplicationId?: string;
  /** 0 to 900, the most that SQS allows. */
  readonly delay?: Seconds;
}

/** SQS refused one message of a batch. */
export class RefusedMessageError extends Error {
  override name = 'RefusedMessageError' as const;
  /** SQS's code, e.g. `InvalidMessageContents`. */
  readonly code: string;

  constructor(code: string) {
    super(`SQS refused the message: ${code}`);
    this.code = code;
  }
}

/** SQS took some messages of a batch and refused others. */
class PartialSendError extends Error {
  override name = 'PartialSendError' as const;
}

const maxBatchEntries = 10;
const maxAttributeBytes = 1024;
/** The characters that SQS allows in an attribute value: those of XML 1.0. */
const sendable = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u;

/** The name that a queue's URL ends in. */
export const queueNameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

/** The URL of a queue beside another one, in the same account and region. */
export const besideQueue = (url: string, name: string): string =>
  `${url.slice(0, url.lastIndexOf('/') + 1)}${name}`;

/** A queue by URL: send one, send many, and delete or return a received message by its receipt handle. */
export function sqsQueue(client: SqsClient, queueUrl: string) {
  async function sendBatch(batch: readonly OutgoingMessage[]) {
    const Entries = batch.map((message, index) => ({ Id: String(index), ...entryOf(message) }));
    const { Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    return Failed ?? [];
  }

  async function refusalsOf(batch: readonly OutgoingMessage[]): Promise<(Error | undefined)[]> {
    try {
      const codes = new Map((await sendBatch(batch)).map(({ Id, Code }) => [Id, Code]));
      return batch.map((_, index) => {
        const id = String(index);
        return codes.has(id) ? new RefusedMessageError(codes.get(id) ?? 'no code') : undefined;
      });
    } catch (error) {
      const cause = asError(error);
      return batch.map(() => cause);
    }
  }

  return {
    async send(message: OutgoingMessage): Promise<void> {
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, ...entryOf(message) }));
    },

    /**
     * Sends all, ten and at most 1 MiB at a time.
     *
     * @throws PartialSendError when SQS refused any of them; those before it may have been sent
     */
    async sendAll(messages: readonly OutgoingMessage[]): Promise<void> {
      for (const batch of batchesOf(messages)) {
        const failed = await sendBatch(batch);
        if (failed.length > 0) {
          const codes = failed.map((failure) => failure.Code).join(', ');
          throw new PartialSendError(`SQS refused ${failed.length} of ${batch.length} messages: ${codes}`);
        }
      }
    },

    /**
     * Sends all, ten and at most 1 MiB at a time. A refused message does not stop the others.
     *
     * @returns for each, in order, why it may not have been sent, or undefined
     */
    async sendEach(messages: readonly OutgoingMessage[]): Promise<readonly (Error | undefined)[]> {
      return (await Promise.all(batchesOf(messages).map(refusalsOf))).flat();
    },

    async delete(receiptHandle: string): Promise<void> {
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
    },

    /** Makes a received message visible again `after` seconds from now (at most 12 h). */
    async returnAfter(receiptHandle: string, after: Seconds): Promise<void> {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: after,
        }),
      );
    },
  };
}

const entryOf = (message: OutgoingMessage) => ({
  MessageBody: message.body,
  MessageAttributes: attributesOf(message.attributes ?? {}),
  MessageGroupId: message.groupId,
  MessageDeduplicationId: message.deduplicationId,
  DelaySeconds: message.delay,
});

/** Attributes as SQS and SNS take them. Omits what they would refuse, so that it never fails the send. */
export function attributesOf(attributes: Readonly<Record<string, string | undefined>>) {
  const kept: Record<string, MessageAttributeValue> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && sendable.test(value) && utf8Bytes(value) <= maxAttributeBytes) {
      kept[name] = { DataType: 'String', StringValue: value };
    }
  }
  return kept;
}

function batchesOf(messages: readonly OutgoingMessage[]): OutgoingMessage[][] {
  const batches: OutgoingMessage[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = utf8Bytes(message.body) + 10 * maxAttributeBytes;
    const current = batches.at(-1);
    if (current && current.length < maxBatchEntries && bytes + size <= maxMessageBytes) {
      current.push(message);
      bytes += size;
    } else {
      batches.push([message]);
      bytes = size;
    }
  }
  return batches;
}

import { GetQueueAttributesCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { counted } from '../terminal/table.ts';

/** Approximate numbers of messages in a queue; SQS's counts lag by up to a minute. */
export interface QueueCounts {
  /** Visible to receivers. */
  readonly waiting: number;
  /** Received and hidden: with a consumer, or waiting for the next try. */
  readonly inFlight: number;
  /** Sent with a delay that has not passed. */
  readonly delayed: number;
}

/** @returns undefined when the queue does not exist */
export async function queueCounts(client: SQSClient, QueueUrl: string): Promise<QueueCounts | undefined> {
  const command = new GetQueueAttributesCommand({
    QueueUrl,
    AttributeNames: [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ],
  });
  try {
    const { Attributes: counts = {} } = await client.send(command);
    return {
      waiting: Number(counts['ApproximateNumberOfMessages'] ?? 0),
      inFlight: Number(counts['ApproximateNumberOfMessagesNotVisible'] ?? 0),
      delayed: Number(counts['ApproximateNumberOfMessagesDelayed'] ?? 0),
    };
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}

/** The number of all messages in a queue. */
export const totalOf = ({ waiting, inFlight, delayed }: QueueCounts): number => waiting + inFlight + delayed;

/** `about 3 waiting, 1 in flight, 0 delayed`: SQS calls its counts approximate. */
export const countsText = ({ waiting, inFlight, delayed }: QueueCounts): string =>
  `${waiting + inFlight + delayed > 0 ? 'about ' : ''}${waiting} waiting, ${inFlight} in flight, ${delayed} delayed`;

/** `about 3 messages`. */
export const aboutOf = (count: number, noun: string): string =>
  `${count > 0 ? 'about ' : ''}${counted(count, noun)}`;

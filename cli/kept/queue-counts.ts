import { GetQueueAttributesCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { counted } from '../terminal/table.ts';

/** About how many messages a queue holds; SQS's own counts lag by up to a minute. */
export interface QueueCounts {
  /** To be had at once. */
  readonly waiting: number;
  /** With a consumer, or waiting for its next try. */
  readonly inFlight: number;
  /** Sent with a delay that is not over. */
  readonly delayed: number;
}

/** @returns undefined when there is no such queue (any more) */
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

/** All that a queue holds. */
export const totalOf = ({ waiting, inFlight, delayed }: QueueCounts): number => waiting + inFlight + delayed;

/** `about 3 waiting, 1 in flight, 0 delayed`: SQS calls its counts approximate. */
export const countsText = ({ waiting, inFlight, delayed }: QueueCounts): string =>
  `${waiting + inFlight + delayed > 0 ? 'about ' : ''}${waiting} waiting, ${inFlight} in flight, ${delayed} delayed`;

/** `about 3 messages`. */
export const aboutOf = (count: number, noun: string): string =>
  `${count > 0 ? 'about ' : ''}${counted(count, noun)}`;

import { sqsQueue } from '../../lambdas/adapters/sqs/queue.ts';
import { type Seconds, seconds, type UnixMillis } from '../../lambdas/domain/time.ts';
import { sqsInMemory } from './sqs/sqs.ts';
import { type QueueSettings, type ReceivedMessage, storedQueue } from './sqs/stored-queue.ts';

export type { ReceivedMessage } from './sqs/stored-queue.ts';

const url = 'https://sqs.example/1/queue';

/** An SQS queue in memory, on the caller's clock, under the real adapter. */
export function memoryQueue(
  now: () => UnixMillis,
  visibility: Seconds = seconds(450),
  more: Omit<QueueSettings, 'now' | 'visibility'> = {},
) {
  const stored = storedQueue({ now, visibility, ...more });
  const { sendEach: _, ...adapter } = sqsQueue(sqsInMemory({ [url]: stored }), url);

  return {
    ...adapter,

    receive: (max: number): ReceivedMessage[] => stored.receive(max),

    purge: stored.purge,

    /** All that are there, hidden and delayed ones, too. */
    contents: () => [...stored.messages.values()].map(({ text }) => text),
    /** When the next message can be received. */
    nextVisibleAt: stored.nextVisibleAt,
    sent: stored.sent,
    /** The messages as the queue has them, by their ids. */
    messages: stored.messages,
  };
}

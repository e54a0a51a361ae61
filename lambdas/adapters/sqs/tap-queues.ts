import { fieldName } from '../../domain/issue-text.ts';
import { isTapQueue } from '../../domain/tap.ts';
import type { SqsClient } from './commands.ts';
import { besideQueue, sqsQueue } from './queue.ts';

/** The item of a listener names a queue that is not a tap queue of its source. */
class ForeignTapError extends Error {
  override name = 'ForeignTapError' as const;
}

/**
 * The queues of a stack's listeners.
 *
 * @param prefix the beginning of all their names
 * @param ownQueueUrl of a queue of the same account and region
 */
export const tapQueues = (client: SqsClient, prefix: string, ownQueueUrl: string) => ({
  /** @throws ForeignTapError when the name is not that of a tap of the source */
  async send(source: string, queueName: string, body: string): Promise<void> {
    if (!isTapQueue(queueName, prefix, source))
      throw new ForeignTapError(`the tap of ${source} names the queue ${fieldName(queueName)}`);
    await sqsQueue(client, besideQueue(ownQueueUrl, queueName)).send({ body });
  },
});

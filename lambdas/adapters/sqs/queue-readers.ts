import { GetQueueAttributesCommand, type SqsClient } from './commands.ts';
import { besideQueue } from './queue.ts';

/**
 * Makes one function for each queue, which reads an attribute of it.
 *
 * @param besideUrl the URL of any queue of the same account and region
 */
export const queueReaders = (client: SqsClient, besideUrl: string, names: readonly string[]) =>
  names.map((name) => async (): Promise<void> => {
    const QueueUrl = besideQueue(besideUrl, name);
    await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
  });

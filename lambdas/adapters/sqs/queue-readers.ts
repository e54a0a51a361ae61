import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { besideQueue } from './queue.ts';

/**
 * Makes one function for each queue, which reads an attribute of it.
 *
 * @param besideUrl the URL of any queue of the same account and region
 */
export const queueReaders = (client: SQSClient, besideUrl: string, names: readonly string[]) =>
  names.map((name) => async (): Promise<void> => {
    const QueueUrl = besideQueue(besideUrl, name);
    await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
  });

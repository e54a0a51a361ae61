import { expect, it } from 'vitest';
import { GetQueueAttributesCommand, type SqsClient } from '../../../lambdas/adapters/sqs/commands.ts';
import { queueReaders } from '../../../lambdas/adapters/sqs/queue-readers.ts';

it('each reader reads an attribute of its own queue, in the account and region of the known URL', async () => {
  const read: unknown[] = [];
  const client = {
    async send(command: unknown) {
      if (command instanceof GetQueueAttributesCommand) read.push(command.input);
      return {};
    },
  };

  const url = 'https://sqs.eu-central-1.amazonaws.com/123456789012/deliveries';
  const readers = queueReaders(client as unknown as SqsClient, url, ['dlq', 'undelivered']);
  for (const reader of readers) await reader();

  const beside = 'https://sqs.eu-central-1.amazonaws.com/123456789012';
  const AttributeNames = ['ApproximateNumberOfMessages'];
  expect(read).toEqual([
    { QueueUrl: `${beside}/dlq`, AttributeNames },
    { QueueUrl: `${beside}/undelivered`, AttributeNames },
  ]);
});

import { expect, it } from 'vitest';
import { SendMessageCommand, type SqsClient } from '../../../lambdas/adapters/sqs/commands.ts';
import { deadDeliveries } from '../../../lambdas/adapters/sqs/delivery-dead-letters.ts';

it.each(['delivery', 'undelivered'] as const)(
  'a dead letter for the queue %s goes to that queue',
  async (queue) => {
    const sent: unknown[] = [];
    const client = {
      async send(command: unknown) {
        if (command instanceof SendMessageCommand)
          sent.push(command.input.QueueUrl, command.input.MessageBody);
        return {};
      },
    };
    const urls = {
      delivery: 'https://sqs.example/1/delivery',
      undelivered: 'https://sqs.example/1/undelivered',
    };

    await deadDeliveries(client as unknown as SqsClient, urls).send({ queue, body: '{}' });

    expect(sent).toEqual([urls[queue], '{}']);
  },
);

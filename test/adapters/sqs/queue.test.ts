import { expect, it } from 'vitest';
import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SqsClient,
} from '../../../lambdas/adapters/sqs/commands.ts';
import { sqsQueue } from '../../../lambdas/adapters/sqs/queue.ts';
import { seconds } from '../../../lambdas/domain/time.ts';

/** A queue that takes everything, and the messages that it was sent. */
function watchedQueue() {
  const sent: object[] = [];
  const client = {
    async send(command: unknown) {
      if (command instanceof SendMessageCommand) sent.push(command.input);
      if (command instanceof SendMessageBatchCommand) sent.push(...(command.input.Entries ?? []));
      return {};
    },
  };
  return { queue: sqsQueue(client as unknown as SqsClient, 'https://sqs.example/1/q'), sent };
}

const attribute = (value: string) => ({ DataType: 'String', StringValue: value });
const message = { body: '{}', attributes: { source: 'stripe', eventType: 'invoice.paid' } };

it('a message goes out with its attributes, its group and its delay, alone and in a batch', async () => {
  const { queue, sent } = watchedQueue();
  const outgoing = { ...message, groupId: 'group', delay: seconds(30) };

  await queue.send(outgoing);
  await queue.sendAll([outgoing]);
  await queue.sendEach([outgoing]);

  const expected = {
    MessageBody: '{}',
    MessageAttributes: { source: attribute('stripe'), eventType: attribute('invoice.paid') },
    MessageGroupId: 'group',
    DelaySeconds: 30,
  };
  expect(sent).toEqual([
    expect.objectContaining(expected),
    expect.objectContaining(expected),
    expect.objectContaining(expected),
  ]);
});

it.each([
  ['a control character', 'invoice\u0000paid'],
  ['an escape', 'invoice\u001b[31m'],
  ['half a surrogate pair', 'invoice\ud800'],
  ['a character that XML does not have', 'invoice\ufffe'],
  ['no character', ''],
  ['1025 bytes', 'é'.repeat(512).concat('x')],
])(
  'an attribute with %s, which SQS would refuse, is left out and fails no send',
  async (_what, eventType) => {
    const { queue, sent } = watchedQueue();

    await queue.sendAll([{ ...message, attributes: { source: 'stripe', eventType } }]);

    expect(sent).toMatchObject([{ MessageBody: '{}' }]);
    expect(sent[0]).toHaveProperty('MessageAttributes', { source: attribute('stripe') });
  },
);

it.each([
  ['1024 bytes', 'é'.repeat(512)],
  ['line ends and emoji', 'a\tb\r\n😀'],
])('an attribute with %s is sent', async (_what, eventType) => {
  const { queue, sent } = watchedQueue();

  await queue.sendAll([{ ...message, attributes: { eventType } }]);

  expect(sent[0]).toHaveProperty('MessageAttributes', { eventType: attribute(eventType) });
});

/** A queue that refuses one message of each batch, and the sizes of the batches that it was sent. */
function refusingQueue(refused?: string) {
  const batches: number[] = [];
  const client = {
    async send(command: unknown) {
      if (!(command instanceof SendMessageBatchCommand)) throw new Error('not a batch');
      const { Entries = [] } = command.input;
      batches.push(Entries.length);
      return {
        Failed: Entries.filter(({ MessageBody }) => MessageBody === refused).map(({ Id }) => ({
          Id,
          Code: 'Busy',
        })),
      };
    },
  };
  return { queue: sqsQueue(client as unknown as SqsClient, 'https://sqs.example/1/q'), batches };
}

it('a batch that SQS takes in part is an error, or one message of it is', async () => {
  const { queue } = refusingQueue('b');
  const messages = ['a', 'b', 'c'].map((body) => ({ body }));

  await expect(queue.sendAll(messages)).rejects.toThrow('SQS refused 1 of 3 messages: Busy');
  expect((await queue.sendEach(messages)).map((error) => error?.message)).toEqual([
    undefined,
    'SQS refused the message: Busy',
    undefined,
  ]);
});

it('batches have at most ten messages and 1 MiB', async () => {
  const { queue, batches } = refusingQueue();

  await queue.sendAll(Array.from({ length: 21 }, () => ({ body: 'x' })));
  await queue.sendAll(Array.from({ length: 3 }, () => ({ body: 'x'.repeat(500_000) })));

  expect(batches).toEqual([10, 10, 1, 2, 1]);
});

it('a message that is returned comes back after the given time', async () => {
  const returned: unknown[] = [];
  const client = {
    async send(command: unknown) {
      if (command instanceof ChangeMessageVisibilityCommand) returned.push(command.input);
      return {};
    },
  };

  await sqsQueue(client as unknown as SqsClient, 'https://sqs.example/1/q').returnAfter(
    'handle',
    seconds(42),
  );

  expect(returned).toEqual([expect.objectContaining({ ReceiptHandle: 'handle', VisibilityTimeout: 42 })]);
});

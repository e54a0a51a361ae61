import { expect, it } from 'vitest';
import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '../../../lambdas/adapters/sqs/commands.ts';
import { sqsQueue } from '../../../lambdas/adapters/sqs/queue.ts';
import { seconds } from '../../../lambdas/domain/time.ts';
import { ReceiveMessageCommand } from '../../../testing/memory/sqs/commands.ts';
import { type Deviation, type TestedSqs, testedQueue, text } from './sqs-fixture.ts';

const mebibyte = 1024 * 1024;

/** What a standard queue refuses, by size, characters and number. @param skipped the lines that this SQS does not keep */
export function sqsLimitsContract(start: () => Promise<TestedSqs>, skipped: readonly Deviation[]): void {
  const line = (deviation: Deviation) => it.skipIf(skipped.includes(deviation));
  const setUp = (options?: Parameters<typeof testedQueue>[1]) => testedQueue(start, options);

  it('an entry of a batch with characters that SQS does not take fails singly', async () => {
    const { queue, bodies } = await setUp();

    const results = await queue.sendEach([{ body: 'a' }, { body: 'b\u0000' }, { body: 'c' }]);

    expect(results.map((result) => result?.message)).toEqual([
      undefined,
      'SQS refused the message: InvalidMessageContents',
      undefined,
    ]);
    expect(await bodies()).toEqual(['a', 'c']);
  });

  it('sendAll rejects when SQS refuses one message, though it has taken others', async () => {
    const { queue, bodies } = await setUp();

    await expect(queue.sendAll([{ body: 'a' }, { body: '\ufffe' }, { body: 'c' }])).rejects.toThrow(
      'SQS refused 1 of 3 messages: InvalidMessageContents',
    );

    expect(await bodies()).toEqual(['a', 'c']);
  });

  it.each([
    ['a control character', '\u0001'],
    ['half of a surrogate pair', '\ud800'],
    ['U+FFFF', '\uffff'],
  ])('a body with %s is refused', async (_what, body) => {
    const { queue, receive } = await setUp();

    // A client sends half of a pair as U+FFFD, which SQS takes.
    await queue.send({ body: `a${body}` }).catch(() => undefined);

    expect((await receive()).filter((message) => message.body.includes(body))).toEqual([]);
  });

  it('a body of 1 MiB is taken, and one byte more is refused', async () => {
    const { queue, receive } = await setUp();

    await queue.send({ body: 'x'.repeat(mebibyte) });
    await expect(queue.send({ body: 'x'.repeat(mebibyte + 1) })).rejects.toThrow();

    expect((await receive()).map(({ body }) => body.length)).toEqual([mebibyte]);
  });

  line('counts attributes')('attributes count towards the size of a message and of a batch', async () => {
    const { client, url } = await setUp();
    const MessageAttributes = { source: text('stripe') };
    const body = 'x'.repeat(mebibyte - 'source'.length - 'String'.length - 'stripe'.length);
    const message = (MessageBody: string) => ({ QueueUrl: url, MessageBody, MessageAttributes });

    await client.send(new SendMessageCommand(message(body)));
    await expect(client.send(new SendMessageCommand(message(`${body}x`)))).rejects.toThrow();
    const Entries = [
      { Id: 'a', MessageBody: body, MessageAttributes },
      { Id: 'b', MessageBody: 'x' },
    ];
    await expect(client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }))).rejects.toThrow(
      expect.objectContaining({ name: 'BatchRequestTooLong' }),
    );
  });

  it('a batch over 1 MiB is refused as a whole, and the adapter sends it in parts', async () => {
    const { client, url, queue, receive } = await setUp({ visibility: seconds(600) });
    const body = 'x'.repeat(mebibyte / 2 + 1);
    const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: body }));

    await expect(client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }))).rejects.toThrow(
      expect.objectContaining({ name: 'BatchRequestTooLong' }),
    );
    expect(await receive()).toEqual([]);
    await queue.sendAll([{ body }, { body }]);

    expect([...(await receive()), ...(await receive())]).toHaveLength(2);
  });

  it.each([
    ['no entry', [], 'EmptyBatchRequest'],
    ['eleven entries', Array.from({ length: 11 }, (_, nth) => `m${nth}`), 'TooManyEntriesInBatchRequest'],
    ['an id twice', ['a', 'a'], 'BatchEntryIdsNotDistinct'],
    ['an id with a blank', ['a b'], 'InvalidBatchEntryId'],
  ])('a batch with %s is refused as a whole', async (_what, ids, refused) => {
    const { client, url, receive } = await setUp();
    const Entries = ids.map((Id) => ({ Id, MessageBody: 'x' }));

    await expect(client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }))).rejects.toThrow(
      expect.objectContaining({ name: refused }),
    );

    expect(await receive()).toEqual([]);
  });

  line('checks attributes')('an attribute with a control character, or an eleventh, is refused', async () => {
    const { client, url } = await setUp();
    const names = Array.from({ length: 11 }, (_, nth) => [`a${nth}`, text('x')]);

    for (const MessageAttributes of [{ a: text('\u0001') }, { a: text('') }, Object.fromEntries(names)]) {
      const message = { QueueUrl: url, MessageBody: 'x', MessageAttributes };
      await expect(client.send(new SendMessageCommand(message))).rejects.toThrow();
    }
  });

  line('limits delays')('a delay of more than 900 s is refused, and in a batch singly', async () => {
    const { queue, bodies } = await setUp();

    await expect(queue.send({ body: 'a', delay: seconds(901) })).rejects.toThrow();
    const results = await queue.sendEach([{ body: 'a', delay: seconds(901) }, { body: 'b' }]);

    expect(results.map((result) => result === undefined)).toEqual([false, true]);
    expect(await bodies()).toEqual(['b']);
  });

  line('limits visibility')('a visibility timeout of more than twelve hours is refused', async () => {
    const { client, url, queue, receiveOne } = await setUp();
    await queue.send({ body: 'a' });
    const { handle } = await receiveOne();
    const change = { QueueUrl: url, ReceiptHandle: handle, VisibilityTimeout: 43_201 };

    await expect(client.send(new ChangeMessageVisibilityCommand(change))).rejects.toThrow();
  });

  it('a receive of no message, or of eleven, is refused', async () => {
    const { client, url } = await setUp();

    for (const MaxNumberOfMessages of [0, 11])
      await expect(
        client.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages })),
      ).rejects.toThrow();
  });

  it('a queue that does not exist is an error', async () => {
    const { client, url } = await setUp();

    await expect(sqsQueue(client, `${url}-missing`).send({ body: 'a' })).rejects.toThrow(
      expect.objectContaining({ name: 'QueueDoesNotExist' }),
    );
  });
}

import { describe, expect, it } from 'vitest';
import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SqsClient,
} from '../../../lambdas/adapters/sqs/commands.ts';
import { sqsQueue } from '../../../lambdas/adapters/sqs/queue.ts';
import { type Seconds, seconds } from '../../../lambdas/domain/time.ts';
import { PurgeQueueCommand, ReceiveMessageCommand } from '../../support/sqs/commands.ts';

const api = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/';
const guide = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/';

/** What the emulator does in another way than AWS documents, and the page. Only these lines are not run on it. */
export const emulatorDeviations = {
  'deletes with a stale receipt handle': `${api}API_DeleteMessage.html: the request succeeds, and deletes nothing; there it is an error`,
  'counts attributes': `${guide}quotas-messages.html: attributes count towards the size; there only bodies do`,
  'checks attributes': `${api}API_MessageAttributeValue.html: the characters of values, and ten at most; there anything goes`,
  'limits delays': `${api}API_SendMessage.html: 900 s at most; there any number`,
  'limits visibility': `${api}API_ChangeMessageVisibility.html: 43,200 s at most; there any number`,
  'knows what is in flight': `${api}API_ChangeMessageVisibility.html: MessageNotInflight for a visible message; there it succeeds`,
} as const;
export type Deviation = keyof typeof emulatorDeviations;

/** A queue under the contract. */
interface TestedQueue {
  readonly url: string;
  /** Its dead-letter queue. */
  readonly dlqUrl: string;
}

/** An SQS under the contract. */
export interface TestedSqs {
  readonly client: SqsClient;
  /** @param maxReceiveCount after so many receives a message goes to the dead-letter queue */
  makeQueue(visibility: Seconds, maxReceiveCount: number): Promise<TestedQueue>;
  /** Lets time pass. */
  wait(span: Seconds): Promise<void>;
}

const mebibyte = 1024 * 1024;
const text = (value: string) => ({ DataType: 'String', StringValue: value });

/**
 * What the adapters, and the tests on the stand-in, rely on of a standard queue.
 *
 * @param skipped the lines that this SQS does not keep
 */
export function sqsContract(
  name: string,
  start: () => Promise<TestedSqs>,
  skipped: readonly Deviation[] = [],
): void {
  const line = (deviation: Deviation) => it.skipIf(skipped.includes(deviation));

  /** A queue with short times, its adapter, and what the adapters do not do. */
  async function setUp({ visibility = seconds(2), maxReceiveCount = 100 } = {}) {
    const { client, makeQueue, wait } = await start();
    const { url, dlqUrl } = await makeQueue(visibility, maxReceiveCount);
    const receive = async (from = url, hiddenFor?: number) => {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: from,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: hiddenFor,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
          MessageAttributeNames: ['All'],
        }),
      );
      return Messages.map(
        ({ MessageId = '', Body = '', ReceiptHandle = '', Attributes, MessageAttributes }) => ({
          id: MessageId,
          body: Body,
          handle: ReceiptHandle,
          receives: Number(Attributes?.ApproximateReceiveCount),
          attributes: MessageAttributes ?? {},
        }),
      );
    };
    const bodies = async (from = url) => (await receive(from)).map(({ body }) => body).toSorted();
    /** Receives one, which must be there. */
    const receiveOne = async (hiddenFor?: number) => {
      const [message] = await receive(url, hiddenFor);
      if (message === undefined) throw new Error('no message is visible');
      return message;
    };
    return { client, url, dlqUrl, wait, queue: sqsQueue(client, url), receive, receiveOne, bodies };
  }

  describe(`SQS: ${name}`, () => {
    it('a message arrives with its body and its attributes', async () => {
      const { queue, receive } = await setUp();
      const body = JSON.stringify({ text: 'é 😀 \t\r\n \ufffd', escaped: '\u0000' });

      await queue.send({ body, attributes: { source: 'stripe', eventType: 'a.b' }, groupId: 'group' });

      expect(await receive()).toMatchObject([
        { body, receives: 1, attributes: { source: text('stripe'), eventType: text('a.b') } },
      ]);
    });

    it('a message that is not deleted comes back after its visibility timeout, and is counted', async () => {
      const { queue, receive, receiveOne, wait } = await setUp();
      await queue.send({ body: 'a' });

      const first = await receiveOne();
      expect(await receive()).toEqual([]);
      await wait(seconds(3));

      expect(await receive()).toMatchObject([{ id: first.id, body: 'a', receives: 2 }]);
    });

    it('a message that is deleted does not come back', async () => {
      const { queue, receive, receiveOne, wait } = await setUp();
      await queue.send({ body: 'a' });

      await queue.delete((await receiveOne()).handle);
      await wait(seconds(3));

      expect(await receive()).toEqual([]);
    });

    it('a message with a delay is hidden until then', async () => {
      const { queue, receive, wait, bodies } = await setUp();
      await queue.send({ body: 'a', delay: seconds(2) });

      expect(await receive()).toEqual([]);
      await wait(seconds(3));

      expect(await bodies()).toEqual(['a']);
    });

    it('a received message is visible again when its visibility ends early, or later when it is extended', async () => {
      const { queue, receive, receiveOne, bodies, wait } = await setUp();
      await queue.send({ body: 'a' });

      await queue.returnAfter((await receiveOne()).handle, seconds(0));
      await queue.returnAfter((await receiveOne()).handle, seconds(4));
      await wait(seconds(3));
      expect(await receive()).toEqual([]);
      await wait(seconds(2));

      expect(await bodies()).toEqual(['a']);
    });

    it('a receive may hide its messages for another time than the queue does', async () => {
      const { queue, receiveOne, bodies, wait } = await setUp({ visibility: seconds(600) });
      await queue.send({ body: 'a' });

      await receiveOne(1);
      await wait(seconds(2));

      expect(await bodies()).toEqual(['a']);
    });

    it('a receipt handle of an earlier receive changes nothing, and returning by it is an error', async () => {
      const { queue, receive, receiveOne } = await setUp({ visibility: seconds(600) });
      await queue.send({ body: 'a' });
      const stale = await receiveOne(0);
      const current = await receiveOne();

      await expect(queue.returnAfter(stale.handle, seconds(0))).rejects.toThrow();
      await queue.delete(stale.handle).catch(() => undefined);
      expect(await receive()).toEqual([]);
      await queue.returnAfter(current.handle, seconds(0));

      expect(await receive()).toMatchObject([{ id: current.id, receives: 3 }]);
    });

    line('deletes with a stale receipt handle')(
      'a deletion by a stale receipt handle throws no error',
      async () => {
        const { queue, receiveOne } = await setUp({ visibility: seconds(600) });
        await queue.send({ body: 'a' });
        const stale = await receiveOne(0);
        await receiveOne();

        await expect(queue.delete(stale.handle)).resolves.toBeUndefined();
      },
    );

    line('knows what is in flight')('a message that is visible again cannot be returned', async () => {
      const { queue, receiveOne } = await setUp();
      await queue.send({ body: 'a' });
      const { handle } = await receiveOne(0);

      await expect(queue.returnAfter(handle, seconds(1))).rejects.toThrow(
        expect.objectContaining({ name: 'MessageNotInflight' }),
      );
    });

    it('a message can be deleted after its visibility timeout, until it is received again', async () => {
      const { queue, receive, receiveOne } = await setUp();
      await queue.send({ body: 'a' });

      await queue.delete((await receiveOne(0)).handle);

      expect(await receive()).toEqual([]);
    });

    it('an unknown receipt handle is an error', async () => {
      const { queue } = await setUp();

      await expect(queue.delete('unknown')).rejects.toThrow(
        expect.objectContaining({ name: 'ReceiptHandleIsInvalid' }),
      );
      await expect(queue.returnAfter('unknown', seconds(1))).rejects.toThrow(
        expect.objectContaining({ name: 'ReceiptHandleIsInvalid' }),
      );
    });

    it('a message that was received too often goes to the dead-letter queue, with its id', async () => {
      const { queue, receive, receiveOne, dlqUrl } = await setUp({ maxReceiveCount: 2 });
      await queue.send({ body: 'a', attributes: { source: 'stripe' } });

      const { id } = await receiveOne(0);
      await receiveOne(0);
      expect(await receive()).toEqual([]);

      expect(await receive(dlqUrl)).toMatchObject([
        { id, body: 'a', attributes: { source: text('stripe') } },
      ]);
    });

    it('a receive hands out ten messages at most', async () => {
      const { queue, receive } = await setUp({ visibility: seconds(600) });
      await queue.sendAll(Array.from({ length: 12 }, (_, nth) => ({ body: `m${nth}` })));

      const first = await receive();
      const rest = await receive();

      expect(first.length).toBeLessThanOrEqual(10);
      expect(new Set([...first, ...rest, ...(await receive())].map(({ body }) => body)).size).toBe(12);
    });

    it('a purge deletes what is visible, delayed and in flight', async () => {
      const { client, url, queue, receive, receiveOne, wait } = await setUp();
      await queue.send({ body: 'in flight' });
      await receiveOne();
      await queue.send({ body: 'delayed', delay: seconds(1) });
      await queue.send({ body: 'visible' });

      await client.send(new PurgeQueueCommand({ QueueUrl: url }));
      await wait(seconds(3));

      expect(await receive()).toEqual([]);
    });

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

    line('checks attributes')(
      'an attribute with a control character, or an eleventh, is refused',
      async () => {
        const { client, url } = await setUp();
        const names = Array.from({ length: 11 }, (_, nth) => [`a${nth}`, text('x')]);

        for (const MessageAttributes of [{ a: text('\u0001') }, { a: text('') }, Object.fromEntries(names)]) {
          const message = { QueueUrl: url, MessageBody: 'x', MessageAttributes };
          await expect(client.send(new SendMessageCommand(message))).rejects.toThrow();
        }
      },
    );

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
  });
}

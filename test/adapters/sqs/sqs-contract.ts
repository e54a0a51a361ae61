import { describe, expect, it } from 'vitest';
import { seconds } from '../../../lambdas/domain/time.ts';
import { PurgeQueueCommand } from '../../../testing/memory/sqs/commands.ts';
import { type Deviation, type TestedSqs, testedQueue, text } from './sqs-fixture.ts';
import { sqsLimitsContract } from './sqs-limits-contract.ts';

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

  const setUp = (options?: Parameters<typeof testedQueue>[1]) => testedQueue(start, options);

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

    sqsLimitsContract(start, skipped);
  });
}

import { expect, test } from 'vitest';
import { type DlqMessage, readDeadMessage } from '../../../cli/dlq/dead-letter.ts';
import { searchDeadLetters } from '../../../cli/dlq/search.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';

const message = (id: string): DlqMessage => ({
  messageId: id,
  receiptHandle: id,
  body: `{"id":"${id}"}`,
  sentAt: unixMillis(1),
  attributes: {},
});

/** A DLQ that gives two at a time, over and over if `comesAgain`. */
function dlqOf(ids: readonly string[], comesAgain = false) {
  const madeVisible: string[] = [];
  let next = 0;
  return {
    madeVisible,
    ports: {
      receive: async () => {
        if (comesAgain && next >= ids.length) next = 0;
        const batch = ids.slice(next, next + 2).map(message);
        next += 2;
        return batch;
      },
      makeVisible: async (messages: readonly DlqMessage[]) =>
        void madeVisible.push(...messages.map(({ messageId }) => messageId)),
      read: (one: DlqMessage) => readDeadMessage('subscription', one),
    },
  };
}

test('a search counts only selected letters towards the limit', async () => {
  const { madeVisible, ports } = dlqOf(['a1', 'a2', 'a3', 'a4', 'b1', 'a5', 'b2', 'b3', 'b4']);

  const found = await searchDeadLetters(({ id }) => id.startsWith('b'), 2, ports);

  expect(found.dead.map(({ id }) => id)).toEqual(['b1', 'b2']);
  expect(found.isWhole).toBe(false);
  expect(madeVisible).toHaveLength(8);
});

test('a search of a queue that was read to its end is complete', async () => {
  const { ports } = dlqOf(['a', 'b', 'c']);

  expect(await searchDeadLetters(() => true, 10, ports)).toMatchObject({
    dead: { length: 3 },
    isWhole: true,
  });
  expect(await searchDeadLetters(() => true, 10, ports)).toEqual({ dead: [], isWhole: true });
});

test('a search of a queue that is too long to read in a minute ends when the first letters come again', async () => {
  const { ports } = dlqOf(['a', 'b', 'c', 'd'], true);

  const found = await searchDeadLetters(() => true, 100, ports);

  expect(found).toMatchObject({ dead: { length: 4 }, isWhole: false });
});

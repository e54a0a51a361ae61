import { expect, it } from 'vitest';
import { enqueueInParallel } from '../../lambdas/inbound/enqueue-in-parallel.ts';

const messagesOf = (count: number) =>
  Array.from({ length: count }, (_, nth) => ({ body: String(nth), attributes: {} }));

it.each([
  [1, [1]],
  [10, [10]],
  [11, [10, 1]],
  [80, [10, 10, 10, 10, 10, 10, 10, 10]],
  [81, [20, 20, 20, 20, 1]],
  [1_000, [130, 130, 130, 130, 130, 130, 130, 90]],
])('%i events go in parallel, in shares of whole batches of ten', async (count, sizes) => {
  const shares: string[][] = [];
  const { promise: allStarted, resolve } = Promise.withResolvers<void>();

  await enqueueInParallel(async (messages) => {
    if (messages.length > 0) shares.push(messages.map(({ body }) => body));
    if (shares.length === sizes.length) resolve();
    await allStarted;
  })(messagesOf(count));

  expect(shares.map(({ length }) => length)).toEqual(sizes);
  expect(shares.flat()).toEqual(messagesOf(count).map(({ body }) => body));
});

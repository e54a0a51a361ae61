import { expect, test } from 'vitest';
import { cachedSecret } from '../../lambdas/domain/cached-secret.ts';
import { later, seconds, unixMillis } from '../../lambdas/domain/time.ts';

const start = unixMillis(1_700_000_000_000);
const at = (after: number) => later(start, seconds(after));

test('cachedSecret reads a secret once in five minutes', async () => {
  let reads = 0;
  const secret = cachedSecret(async () => ++reads);
  const values = [await secret.get(at(0)), await secret.get(at(299)), await secret.get(at(300))];
  expect(values).toEqual([1, 1, 2]);
});

test('cachedSecret reads again for a caller that accepts only a younger value', async () => {
  let reads = 0;
  const secret = cachedSecret(async () => ++reads);
  const values = [
    await secret.get(at(0)),
    await secret.get(at(9), seconds(10)),
    await secret.get(at(10), seconds(10)),
  ];
  expect(values).toEqual([1, 1, 2]);
});

test('cachedSecret keeps an error for two seconds, then reads again', async () => {
  let reads = 0;
  const secret = cachedSecret(async () => {
    if (++reads === 1) throw new Error('throttled');
    return reads;
  });
  await expect(secret.get(at(0))).rejects.toThrow('throttled');
  await expect(secret.get(at(1))).rejects.toThrow('throttled');
  await expect(secret.get(at(2))).resolves.toBe(2);
});

test('cachedSecret reads once for all callers that ask at the same time', async () => {
  let reads = 0;
  const secret = cachedSecret(async () => ++reads);
  await Promise.all([secret.get(at(0)), secret.get(at(0)), secret.get(at(0))]);
  expect(reads).toBe(1);
});

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

test('cachedSecret rereads when the last read is two seconds ago, and not before', async () => {
  let reads = 0;
  const secret = cachedSecret(async () => ++reads);
  await secret.get(at(0));
  expect(await secret.reread(at(1))).toBeUndefined();
  expect(await secret.reread(at(2))).toBe(2);
  expect(await secret.get(at(3))).toBe(2);
});

test('cachedSecret keeps its value when a reread fails, and rereads no more for two seconds', async () => {
  let reads = 0;
  const secret = cachedSecret(async () => {
    if (++reads === 2) throw new Error('throttled');
    return reads;
  });
  await secret.get(at(0));
  await expect(secret.reread(at(10))).rejects.toThrow('throttled');
  await expect(secret.reread(at(11))).rejects.toThrow('throttled');
  expect(await secret.get(at(11))).toBe(1);
  expect(await secret.reread(at(12))).toBe(3);
});

test('cachedSecret reads again after forget, even an error', async () => {
  let reads = 0;
  const secret = cachedSecret(async () => {
    if (++reads === 2) throw new Error('throttled');
    return reads;
  });
  await secret.get(at(0));
  secret.forget();
  await expect(secret.get(at(1))).rejects.toThrow('throttled');
  secret.forget();
  expect(await secret.get(at(1))).toBe(3);
});

test('cachedSecret keeps a value that is not usable for two seconds only', async () => {
  let reads = 0;
  const secret = cachedSecret(
    async () => ++reads,
    (value) => value > 1,
  );
  const values = [
    await secret.get(at(0)),
    await secret.get(at(1)),
    await secret.get(at(2)),
    await secret.get(at(9)),
  ];
  expect(values).toEqual([1, 1, 2, 2]);
});

test('cachedSecret reads again as soon as its value is not usable any more', async () => {
  let reads = 0;
  const secret = cachedSecret(
    async () => ++reads,
    (value, now) => value > 1 || now < at(60),
  );
  const values = [await secret.get(at(0)), await secret.get(at(59)), await secret.get(at(60))];
  expect(values).toEqual([1, 1, 2]);
});

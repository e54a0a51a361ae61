import { expect, it } from 'vitest';
import { dueShardOf, withEntry } from '../../lambdas/domain/delivery-record.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { deliveryIdOf } from '../support/fixtures/ids.ts';

it('deliveryId names a delivery by tenant, event and endpoint, in base32', () => {
  // printf '["acme","inv-42","prod"]' | openssl dgst -sha256 -binary | base32 | tr A-Z a-z | tr -d =
  expect(deliveryIdOf('acme', 'inv-42', 'prod')).toBe('bb4zl54ky5jsq24wgxcwejvlolfr4zcpn7rh3wzivkshmvbfkcaq');
});

it('deliveryId is different for parts that only look alike when they are joined', () => {
  expect(deliveryIdOf('a', 'b,c', 'd')).not.toBe(deliveryIdOf('a', 'b', 'c,d'));
  expect(deliveryIdOf('', 'ab', 'c')).not.toBe(deliveryIdOf('a', 'b', 'c'));
});

it('due shards spread deliveries evenly over the eight shards of the index', () => {
  const shards = Array.from({ length: 8000 }, (_, index) => dueShardOf(deliveryIdOf('', `e${index}`, 'x')));
  const counts = Map.groupBy(shards, (shard) => shard);

  expect([...counts.keys()].sort()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
  for (const { length } of counts.values()) expect(Math.abs(length - 1000)).toBeLessThan(150);
});

it('an attempt log is trimmed to its first and last twenty entries, and a shorter one is unchanged', () => {
  const entry = (n: number) => ({ n, at: unixMillis(n), ms: 1 });
  const forty = Array.from({ length: 40 }, (_, index) => entry(index + 1));

  expect(withEntry(forty.slice(0, 39), entry(40))).toHaveLength(40);
  const trimmed = withEntry(forty, entry(41)).map(({ n }) => n);
  expect(trimmed).toHaveLength(40);
  expect(trimmed.slice(18, 22)).toEqual([19, 20, 22, 23]);
});

import { expect, it } from 'vitest';
import { needsManifest } from '../../lambdas/domain/delivery-manifest.ts';
import {
  dueShardOf,
  endpointDayFor,
  isDue,
  isUnfinished,
  listedAt,
  nextAttemptAtOf,
  waitingByFor,
  waitingByOf,
  withEntry,
} from '../../lambdas/domain/delivery-record.ts';
import { asDeliveryId } from '../../lambdas/domain/ids.ts';
import { stoppedPartition, stoppedPartitionsOf } from '../../lambdas/domain/stopped-deliveries.ts';
import { toUnixSeconds, unixMillis } from '../../lambdas/domain/time.ts';
import { newDelivery } from '../adapters/dynamodb/deliveries-fixture.ts';
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

  expect(withEntry([], entry(1))).toEqual([entry(1)]);
  expect(withEntry(forty.slice(0, 39), entry(40))).toEqual(forty);
  const trimmed = withEntry(forty, entry(41)).map(({ n }) => n);
  expect(trimmed).toHaveLength(40);
  expect(trimmed.slice(18, 22)).toEqual([19, 20, 22, 23]);
});

const at = unixMillis(Date.UTC(2026, 10, 25, 12));
const pending = newDelivery();
const ended = { ...pending, lastError: 'no', expiresAt: toUnixSeconds(at) };

it('a delivery is unfinished while it is pending or held, and at no other time', () => {
  const held = { ...pending, status: 'held', heldAt: at } as const;
  const others = [
    { ...ended, status: 'delivered' } as const,
    { ...ended, status: 'failed' } as const,
    { ...ended, status: 'discarded' } as const,
  ];

  expect([pending, held].map(isUnfinished)).toEqual([true, true]);
  expect(others.map(isUnfinished)).toEqual([false, false, false]);
});

it('a delivery is due while it is unfinished or failed, and has a due time', () => {
  expect(isDue(pending)).toBe(true);
  expect(isDue({ ...pending, dueAt: undefined })).toBe(false);
  expect(isDue({ ...ended, status: 'failed', dueAt: at })).toBe(true);
  expect(isDue({ ...ended, status: 'failed', dueAt: undefined })).toBe(false);
  expect(isDue({ ...ended, status: 'delivered' })).toBe(false);
});

it('a delivery needs a manifest while it is pending without a due time, and at no other time', () => {
  const { dueAt: _, ...first } = pending;

  expect(needsManifest(first)).toBe(true);
  expect(needsManifest(pending)).toBe(false);
  expect(needsManifest({ ...first, status: 'delivered' })).toBe(false);
  expect(needsManifest({ ...first, status: 'held' })).toBe(false);
});

it('a delivery has a next attempt only while it is pending', () => {
  const waiting = { ...pending, nextAttemptAt: at };

  expect(nextAttemptAtOf(waiting)).toBe(at);
  expect(nextAttemptAtOf({ ...waiting, status: 'held', heldAt: at })).toBeUndefined();
});

it('a delivery is in the partitions of its endpoint and of the first letter of its id', () => {
  const delivery = { ...pending, id: asDeliveryId('gaaa'), createdAt: at };
  const of = `${delivery.tenant}/${delivery.endpointId}`;

  expect(endpointDayFor(delivery)).toBe(`${of}#2026-11-25#2`);
  expect(waitingByFor({ ...delivery, url: undefined })).toBe(`${of}#2`);
  expect(waitingByOf(delivery, 3)).toBe(`${of}#3`);
  expect(stoppedPartition(delivery, 'held')).toBe(`${of}#2`);
  expect(stoppedPartition(delivery, 'failed')).toBe(`${of}#failed#2`);
  expect(stoppedPartition(delivery, 'delivered')).toBeUndefined();
  expect(stoppedPartitionsOf(delivery, 'discarded')).toContain(stoppedPartition(delivery, 'discarded'));
  expect(stoppedPartitionsOf(delivery, 'held')).toContain(of);
  expect(dueShardOf('gaaa')).toBe('6');
  expect(['', '-'].map(dueShardOf)).toEqual(['0', '0']);
});

it('a delivery to a URL that is not registered is in no index of waiting deliveries', () => {
  expect(waitingByFor({ ...pending, url: 'https://acme.example/' })).toBeUndefined();
});

it('deliveries are listed by the time of their creation, whatever its number of digits, then by their id', () => {
  expect(listedAt({ id: 'b', createdAt: unixMillis(12) })).toBe('000000000000012#b');
  expect(listedAt({ id: 'b', createdAt: at })).toBe(`00${at}#b`);
});

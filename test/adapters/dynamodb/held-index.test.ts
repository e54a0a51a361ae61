import { expect, it } from 'vitest';
import { PutCommand } from '../../../lambdas/adapters/dynamodb/commands.ts';
import { deliveryItem } from '../../../lambdas/adapters/dynamodb/deliveries/item.ts';
import { dynamodbDeliveries } from '../../../lambdas/adapters/dynamodb/deliveries/store.ts';
import { asDeliveryId } from '../../../lambdas/domain/ids.ts';
import { stoppedPartitionsOf } from '../../../lambdas/domain/stopped-deliveries.ts';
import { stoppedIndex } from '../../../lambdas/domain/tables.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { dynamodbInMemory } from '../../../testing/memory/dynamodb/dynamodb.ts';
import { asHeld, newDelivery, now } from './deliveries-fixture.ts';

/** Held deliveries of one endpoint, created in the order of these first letters of their ids. */
async function heldTable(letters: string) {
  const client = dynamodbInMemory().client();
  const table = dynamodbDeliveries(client, 'Deliveries');
  const made = newDelivery();
  const endpoint = { tenant: made.tenant, id: made.endpointId };
  const deliveries = [...letters].map((letter, nth) => ({
    ...asHeld({ ...made, id: asDeliveryId(letter.padEnd(52, 'a')) }),
    createdAt: unixMillis(now + nth),
  }));
  return { client, table, endpoint, deliveries };
}

it('held deliveries are in four partitions of their endpoint, and are found as one list, the oldest first', async () => {
  const { table, endpoint, deliveries } = await heldTable('hgfedcba');
  const ids = deliveries.map(({ id }) => id);

  for (const delivery of deliveries) await table.create(delivery);

  expect(new Set(deliveries.map((delivery) => deliveryItem(delivery).heldBy)).size).toBe(stoppedIndex.shards);
  expect(await table.heldOf(endpoint, 100)).toEqual(ids);
  expect(await table.heldOf(endpoint, 3)).toEqual(ids.slice(0, 3));
  expect(await table.countHeld(endpoint, 100)).toEqual({ count: 8, isExact: true, since: now });
  expect(await table.countHeld(endpoint, 1)).toEqual({ count: 4, isExact: false, since: now });
});

it('deliveries that were held before there were partitions are found, released and gone', async () => {
  const { client, table, endpoint, deliveries } = await heldTable('ab');
  const [old, recent] = deliveries;
  if (old === undefined || recent === undefined) throw new Error('two are made');
  const Item = { ...deliveryItem(old), heldBy: stoppedPartitionsOf(old, 'held').at(-1) };
  await client.send(new PutCommand({ TableName: 'Deliveries', Item }));
  await table.create(recent);

  expect(await table.heldOf(endpoint, 100)).toEqual([old.id, recent.id]);
  expect(await table.countHeld(endpoint, 100)).toMatchObject({ count: 2, since: old.createdAt });
  expect(await table.release(old, now, now)).toMatchObject({ ok: true });
  expect(await table.heldOf(endpoint, 100)).toEqual([recent.id]);
});

import { expect, it } from 'vitest';
import { PutCommand } from '../../../lambdas/adapters/dynamodb/commands.ts';
import { deliveryItem } from '../../../lambdas/adapters/dynamodb/deliveries/item.ts';
import { listStoppedAgain } from '../../../lambdas/adapters/dynamodb/deliveries/list-again.ts';
import { dynamodbDeliveries } from '../../../lambdas/adapters/dynamodb/deliveries/store.ts';
import { type DeliveryStatus, listedAt } from '../../../lambdas/domain/delivery-record.ts';
import { asEventId } from '../../../lambdas/domain/ids.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { dynamodbInMemory } from '../../../testing/memory/dynamodb/dynamodb.ts';
import { deliveryIdOf } from '../../support/fixtures/ids.ts';
import { newDelivery, now, withStatus } from './deliveries-fixture.ts';

const bounds = {
  above: listedAt({ id: '', createdAt: unixMillis(0) }),
  below: listedAt({ id: '~', createdAt: now }),
  order: 'oldest first',
} as const;

it('deliveries of version 0.1.0 are found by status after they were listed again, and each is counted once', async () => {
  const client = dynamodbInMemory().client();
  const table = dynamodbDeliveries(client, 'Deliveries');
  const put = async (status: DeliveryStatus, nth: number) => {
    const eventId = asEventId(`${status}-${nth}`);
    const id = deliveryIdOf('acme', eventId, 'prod');
    const { heldBy, ...Item } = deliveryItem(withStatus({ ...newDelivery(), id, eventId }, status));
    await client.send(
      new PutCommand({ TableName: 'Deliveries', Item: status === 'held' ? { ...Item, heldBy } : Item }),
    );
    return id;
  };
  for (const status of ['pending', 'delivered', 'held'] as const) await put(status, 0);
  const failed = await Promise.all(Array.from({ length: 60 }, (_, nth) => put('failed', nth)));
  const discarded = await put('discarded', 0);
  const [{ tenant, endpointId }, counts] = [newDelivery(), new Set<number>()];
  const found = async (status: 'held' | 'failed' | 'discarded') => {
    const { keys } = await table.stopped({ tenant, endpointId }, [status], bounds, 100);
    return keys.map(({ id }) => id).toSorted();
  };
  expect(await found('failed')).toEqual([]);

  expect(await listStoppedAgain(client, 'Deliveries', (count) => counts.add(count))).toBe(61);

  expect(await found('failed')).toEqual(failed.toSorted());
  expect(await found('discarded')).toEqual([discarded]);
  expect(await found('held')).toHaveLength(1);
  expect(Math.max(...counts)).toBe(61);
  expect(await listStoppedAgain(client, 'Deliveries', () => undefined)).toBe(0);
});

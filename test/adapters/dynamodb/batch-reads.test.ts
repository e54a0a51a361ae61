import { expect, it } from 'vitest';
import { BatchGetCommand, type DynamodbClient } from '../../../lambdas/adapters/dynamodb/commands.ts';
import { deliveryItem } from '../../../lambdas/adapters/dynamodb/deliveries/item.ts';
import { dynamodbDeliveries } from '../../../lambdas/adapters/dynamodb/deliveries/store.ts';
import { instant, newDelivery } from './deliveries-fixture.ts';

it('a read of many deliveries reads those, too, that DynamoDB left out at first', async () => {
  const all = Array.from({ length: 3 }, newDelivery);
  const malformed: Error[] = [];

  const store = dynamodbDeliveries(oneKeyACall(all.map(deliveryItem)), 't');
  const ids = all.map(({ id }) => id);

  for (const read of [
    await store.readAll(ids, (error) => malformed.push(error)),
    await store.standings(ids, false, (error) => malformed.push(error)),
  ])
    expect(read.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(malformed).toEqual([]);
});

it('a read of many deliveries returns those beside a malformed one, and names that one', async () => {
  const [first, second, third] = [newDelivery(), newDelivery(), newDelivery()];
  const items = [deliveryItem(first), { ...deliveryItem(second), attempts: 'many' }, deliveryItem(third)];
  const malformed: string[] = [];

  const read = await dynamodbDeliveries(oneKeyACall(items), 't').readAll(
    [first, second, third].map(({ id }) => id),
    ({ message }) => malformed.push(message),
  );

  expect(read.map(({ id }) => id).toSorted()).toEqual([first.id, third.id].toSorted());
  expect(malformed).toEqual([expect.stringMatching(`${second.id} .*attempts`)]);
});

it('deliveries are read in the order of their creation, whatever the order in which they are asked for', async () => {
  const [first, second, third] = [1, 2, 3].map((span) => ({ ...newDelivery(), createdAt: instant(span) }));
  if (first === undefined || second === undefined || third === undefined) throw new Error('three are made');
  const store = dynamodbDeliveries(oneKeyACall([first, second, third].map(deliveryItem)), 't');

  for (const asked of [
    [first, second, third],
    [third, first, second],
  ]) {
    const read = await store.readAll(
      asked.map(({ id }) => id),
      () => undefined,
    );
    expect(read.map(({ id }) => id)).toEqual([first.id, second.id, third.id]);
  }
});

/** A DynamoDB that reads one key of each call. */
function oneKeyACall(items: readonly { readonly id: string }[]): DynamodbClient {
  const client = {
    async send(command: unknown) {
      if (!(command instanceof BatchGetCommand)) throw new Error('not a batch');
      const [first, ...left] = command.input.RequestItems?.['t']?.Keys ?? [];
      const found = items.filter(({ id }) => id === first?.['id']);
      return { Responses: { t: found }, UnprocessedKeys: left.length === 0 ? {} : { t: { Keys: left } } };
    },
  };
  return client as unknown as DynamodbClient;
}

import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { deliveryItem } from '../../../lambdas/adapters/dynamodb/deliveries/item.ts';
import { dynamodbDeliveries } from '../../../lambdas/adapters/dynamodb/deliveries/store.ts';
import { newDelivery } from './deliveries-fixture.ts';

it('a read of many deliveries reads those, too, that DynamoDB left out at first', async () => {
  const all = Array.from({ length: 3 }, newDelivery);
  const client = {
    /** Reads one key of each call. */
    async send(command: unknown) {
      if (!(command instanceof BatchGetCommand)) throw new Error('not a batch');
      const [first, ...left] = command.input.RequestItems?.['t']?.Keys ?? [];
      const found = all.filter(({ id }) => id === first?.['id']).map(deliveryItem);
      return { Responses: { t: found }, UnprocessedKeys: left.length === 0 ? {} : { t: { Keys: left } } };
    },
  };

  const store = dynamodbDeliveries(client as unknown as DynamoDBDocumentClient, 't');
  const ids = all.map(({ id }) => id);

  for (const read of [await store.readAll(ids), await store.standings(ids, false)])
    expect(read.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
});

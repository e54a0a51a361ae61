import { expect, it } from 'vitest';
import { ScanCommand } from '../../../lambdas/adapters/dynamodb/commands.ts';
import { deliveryItem } from '../../../lambdas/adapters/dynamodb/deliveries/item.ts';
import { scanDeliveries } from '../../../lambdas/adapters/dynamodb/deliveries/scan.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { clientBy } from '../../../testing/memory/command-client.ts';
import { newDelivery } from './deliveries-fixture.ts';

/** A table whose scan has two pages of one delivery. */
function scanned() {
  const inputs: unknown[] = [];
  const delivery = newDelivery();
  const client = clientBy(async (command) => {
    if (!(command instanceof ScanCommand)) throw new Error('not a scan');
    const { input } = command;
    inputs.push(input);
    const isFirst = input.ExclusiveStartKey === undefined;
    return { Items: [deliveryItem(delivery)], LastEvaluatedKey: isFirst ? { id: 'a' } : undefined };
  });
  return { inputs, delivery, client };
}

it('a scan reads all pages of the table', async () => {
  const { client, delivery, inputs } = scanned();

  expect(await scanDeliveries(client, 'Deliveries', {})).toEqual([delivery, delivery]);
  expect(inputs).toEqual([
    { TableName: 'Deliveries', ExclusiveStartKey: undefined },
    { TableName: 'Deliveries', ExclusiveStartKey: { id: 'a' } },
  ]);
});

it('a scan leaves the filtering to DynamoDB', async () => {
  const { client, inputs } = scanned();

  await scanDeliveries(client, 'Deliveries', { status: 'failed', since: unixMillis(5) });

  expect(inputs[0]).toMatchObject({
    FilterExpression: '#status = :status AND #createdAt >= :createdAt',
    ExpressionAttributeNames: { '#status': 'status', '#createdAt': 'createdAt' },
    ExpressionAttributeValues: { ':status': 'failed', ':createdAt': 5 },
  });
});

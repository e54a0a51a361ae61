import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { keptIndex } from '../../lambdas/domain/tables.ts';

/**
 * Makes an InboundEvents table of the deployed shape.
 *
 * @returns its name, which no other run uses
 */
export async function makeEventsTable(client: DynamoDBClient): Promise<string> {
  const TableName = `InboundEvents-${process.pid}-${Date.now()}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: keptIndex.partitionKey, AttributeType: 'S' },
        { AttributeName: keptIndex.sortKey, AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: keptIndex.name,
          KeySchema: [
            { AttributeName: keptIndex.partitionKey, KeyType: 'HASH' },
            { AttributeName: keptIndex.sortKey, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName });
  return TableName;
}

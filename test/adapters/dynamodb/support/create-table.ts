import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import type { TableShape } from '../../../../testing/memory/dynamodb/table-shape.ts';

const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });

export function tableOf(table: string, { partitionKey, indexes = [] }: TableShape = {}): CreateTableCommand {
  const text = [...(partitionKey ? [partitionKey] : []), 'id', ...indexes.map((index) => index.partitionKey)];
  const sorts = indexes.map(({ sortKey, sortType }) => ({
    AttributeName: sortKey,
    AttributeType: sortType === 'string' ? ('S' as const) : ('N' as const),
  }));
  return new CreateTableCommand({
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: partitionKey ? [key(partitionKey, 'HASH'), key('id', 'RANGE')] : [key('id', 'HASH')],
    AttributeDefinitions: [
      ...text.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      ...sorts,
    ],
    ...(indexes.length > 0 && {
      GlobalSecondaryIndexes: indexes.map((index) => ({
        IndexName: index.name,
        KeySchema: [key(index.partitionKey, 'HASH'), key(index.sortKey, 'RANGE')],
        Projection: { ProjectionType: 'KEYS_ONLY' as const },
      })),
    }),
  });
}

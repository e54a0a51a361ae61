import * as v from 'valibot';
import type { DueCursor } from '../../../domain/delivery-store.ts';
import { DeliveryIdText } from '../../../domain/ids.ts';
import { dueIndex } from '../../../domain/tables.ts';
import type { UnixMillis } from '../../../domain/time.ts';
import { type DynamodbClient, QueryCommand } from '../commands.ts';

const DueKey = v.object({ id: DeliveryIdText });

/** The due index: which deliveries the sweep must look at, the longest overdue first. */
export function dynamodbDue(client: DynamodbClient, table: string) {
  return {
    async due(shard: number, now: UnixMillis, after?: DueCursor) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: dueIndex.name,
          KeyConditionExpression: '#shard = :shard AND #dueAt <= :now',
          ExpressionAttributeNames: { '#shard': dueIndex.partitionKey, '#dueAt': dueIndex.sortKey },
          ExpressionAttributeValues: { ':shard': String(shard), ':now': now },
          Limit: pageSize,
          ExclusiveStartKey: after,
        }),
      );
      return { ids: Items.map((item) => v.parse(DueKey, item).id), next: LastEvaluatedKey };
    },
  };
}

/** Small, because the sweep processes a page at once and looks at the clock between pages. */
const pageSize = 25;

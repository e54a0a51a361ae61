import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import type { EventRecord, KeptKeys, KeptPlace } from '../../../domain/idempotency.ts';
import { keptIndex } from '../../../domain/tables.ts';
import { unixMillis } from '../../../domain/time.ts';
import { parseEventItem } from './item.ts';

const Place = v.object({ id: v.string(), keptAt: v.pipe(v.number(), v.transform(unixMillis)) });

/** The InboundEvents table, read for a replay. */
export function dynamodbKept(client: DynamoDBDocumentClient, table: string) {
  return {
    async readRecord(id: string): Promise<EventRecord | undefined> {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }),
      );
      return Item && parseEventItem(Item);
    },

    /** Lists the kept events of one day of a source, the oldest first. */
    async listKept(keptDay: string, limit: number, after?: KeptPlace): Promise<KeptKeys> {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: keptIndex.name,
          KeyConditionExpression: '#day = :day',
          ExpressionAttributeNames: { '#day': keptIndex.partitionKey },
          ExpressionAttributeValues: { ':day': keptDay },
          Limit: limit,
          ...(after && { ExclusiveStartKey: { ...after, keptDay } }),
        }),
      );
      const next = LastEvaluatedKey && v.parse(Place, LastEvaluatedKey);
      return { ids: Items.map((item) => v.parse(Place, item).id), next };
    },
  };
}

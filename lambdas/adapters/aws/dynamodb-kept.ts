import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import type { EventRecord } from '../../domain/idempotency.ts';
import { keptIndex } from '../../domain/tables.ts';
import { parseEventItem } from './event-item.ts';

const Keys = v.array(v.object({ id: v.string() }));

/** The InboundEvents table as it is read for a replay. */
export function dynamodbKept(client: DynamoDBDocumentClient, table: string) {
  return {
    async readRecord(id: string): Promise<EventRecord | undefined> {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }),
      );
      return Item && parseEventItem(Item);
    },

    /** @returns ids, the oldest first */
    async listKept(keptDay: string): Promise<readonly string[]> {
      const ids: string[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            IndexName: keptIndex.name,
            KeyConditionExpression: '#day = :day',
            ExpressionAttributeNames: { '#day': keptIndex.partitionKey },
            ExpressionAttributeValues: { ':day': keptDay },
            ExclusiveStartKey,
          }),
        );
        ids.push(...v.parse(Keys, page.Items ?? []).map(({ id }) => id));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return ids;
    },
  };
}

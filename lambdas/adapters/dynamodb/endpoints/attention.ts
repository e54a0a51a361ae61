import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { attentionIndex } from '../../../domain/tables.ts';
import type { UnixMillis } from '../../../domain/time.ts';

const Key = v.object({ tenant: v.string(), id: v.string() });
/** Returns the oldest first; the rest follows once those are done. */
const atMost = 200;

/**
 * The items of the Endpoints table, of one partition of the attention index, about which something is to be done.
 *
 * @param upTo only those whose time has come by then
 * @param limit of items
 */
export async function attentionItems(
  client: DynamoDBDocumentClient,
  table: string,
  partition: string,
  upTo?: UnixMillis,
  limit = atMost,
) {
  const isInTime = upTo === undefined ? '' : ' AND #attentionAt <= :upTo';
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: attentionIndex.name,
      KeyConditionExpression: `#attention = :partition${isInTime}`,
      ExpressionAttributeNames: {
        '#attention': attentionIndex.partitionKey,
        ...(upTo !== undefined && { '#attentionAt': attentionIndex.sortKey }),
      },
      ExpressionAttributeValues: { ':partition': partition, ...(upTo !== undefined && { ':upTo': upTo }) },
      Limit: limit,
    }),
  );
  return Items.map((item) => v.parse(Key, item));
}

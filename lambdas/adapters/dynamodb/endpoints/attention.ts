import * as v from 'valibot';
import { attentionIndex } from '../../../domain/tables.ts';
import type { UnixMillis } from '../../../domain/time.ts';
import { type DynamodbClient, QueryCommand } from '../commands.ts';

const Key = v.object({ tenant: v.string(), id: v.string() });
/** Returns the oldest first; the rest follows once those are done. */
const atMost = 200;

/**
 * Reads the items of one partition of the attention index of the Endpoints table: those that need work.
 *
 * @param upTo only those that are due by then
 * @param limit the most items to read
 */
export async function attentionItems(
  client: DynamodbClient,
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

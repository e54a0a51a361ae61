import { toUnixSeconds, type UnixMillis } from '../../domain/time.ts';
import { type DynamodbClient, GetCommand, PutCommand } from './commands.ts';
import { ConditionalCheckFailedException } from './errors.ts';
import { plainItem } from './plain-item.ts';

// TTL deletes days late, so the condition looks at `expiresAt` itself.
const isFree = 'attribute_not_exists(#id) OR #expiresAt <= :nowSeconds';

/**
 * Writes an item unless one with its id exists and has not expired.
 *
 * @returns the item that exists already, else undefined
 */
export async function putIfFree(
  client: DynamodbClient,
  table: string,
  item: Readonly<Record<string, unknown>>,
  now: UnixMillis,
): Promise<unknown> {
  try {
    await client.send(
      new PutCommand({
        TableName: table,
        Item: item,
        ConditionExpression: isFree,
        ExpressionAttributeNames: { '#id': 'id', '#expiresAt': 'expiresAt' },
        ExpressionAttributeValues: { ':nowSeconds': toUnixSeconds(now) },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
    return plainItem(error.Item);
  }
}

/** Reads an item with strong consistency. */
export async function readItem(client: DynamodbClient, table: string, id: string): Promise<unknown> {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }));
  return Item;
}

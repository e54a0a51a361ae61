import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { toUnixSeconds, type UnixMillis } from '../../domain/time.ts';
import type { Written } from './conditional-update.ts';
import { gathered, isGathering } from './gathered-writes.ts';
import { plainItem } from './plain-item.ts';
import { insertStatement } from './statements.ts';

// TTL deletes days late, so the condition looks at `expiresAt` itself.
const isFree = 'attribute_not_exists(#id) OR #expiresAt <= :nowSeconds';

interface Item extends Readonly<Record<string, unknown>> {
  readonly id: string;
}

/**
 * Writes an item unless one with its id exists and has not expired.
 *
 * @returns the item that exists already, else undefined
 */
export async function putIfFree(
  client: DynamoDBDocumentClient,
  table: string,
  item: Item,
  now: UnixMillis,
): Promise<unknown> {
  const single = () => putAlone(client, table, item, now);
  if (!isGathering(client)) return (await single()).item;
  // A duplicate is asked again by the single write, which also knows of expired items.
  const statement = insertStatement(table, item);
  return (await gathered(client, { key: `${table}/${item.id}`, statement, single })).item;
}

async function putAlone(
  client: DynamoDBDocumentClient,
  table: string,
  item: Item,
  now: UnixMillis,
): Promise<Written> {
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
    return { ok: true, item: undefined };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
    return { ok: false, item: plainItem(error.Item) };
  }
}

/** Reads an item with strong consistency. */
export async function readItem(client: DynamoDBDocumentClient, table: string, id: string): Promise<unknown> {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }));
  return Item;
}

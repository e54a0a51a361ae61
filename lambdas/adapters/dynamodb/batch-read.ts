import type { BatchGetCommandInput, BatchGetCommandOutput } from '@aws-sdk/lib-dynamodb';
import { inParts } from '../../domain/parts.ts';
import type { OutputOf } from '../aws/command.ts';
import { BatchGetCommand, type DynamodbClient } from './commands.ts';

type Key = Readonly<Record<string, unknown>>;
type TableRead = Omit<NonNullable<BatchGetCommandInput['RequestItems']>[string], 'Keys'>;

/** The most keys that DynamoDB reads in one call. */
const batchSize = 100;

/**
 * Reads items by their keys, in no order; omits those that do not exist.
 *
 * @param how consistency and projection
 */
export async function readItems(
  client: DynamodbClient,
  table: string,
  keys: readonly Key[],
  how: TableRead,
): Promise<readonly unknown[]> {
  const batches = inParts(keys, batchSize).map((some) => readBatch(client, table, some, how));
  return (await Promise.all(batches)).flat();
}

/** DynamoDB may leave keys out, which are asked for again. */
async function readBatch(
  client: DynamodbClient,
  table: string,
  keys: readonly Key[],
  how: TableRead,
): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  let Keys: Record<string, unknown>[] | undefined = [...keys];
  while (Keys !== undefined && Keys.length > 0) {
    const read: OutputOf<BatchGetCommandOutput> = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: { ...how, Keys } } }),
    );
    items.push(...(read.Responses?.[table] ?? []));
    Keys = read.UnprocessedKeys?.[table]?.Keys;
  }
  return items;
}

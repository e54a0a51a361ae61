import { type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { TableShape } from '../../../testing/memory/dynamodb/table-shape.ts';
import { tableOf } from './support/create-table.ts';

/** A table of our own, of the deployed shape: in the deployed one the sweep would find what a test leaves overdue. */
export async function makeTable(client: DynamoDBClient, name: string, shape: TableShape): Promise<string> {
  const TableName = `${name}-${crypto.randomUUID()}`;
  await client.send(tableOf(TableName, shape));
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName });
  return TableName;
}

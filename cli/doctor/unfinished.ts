import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import {
  BatchGetCommand,
  type DynamodbClient,
  QueryCommand,
} from '../../lambdas/adapters/dynamodb/commands.ts';
import { itemParser } from '../../lambdas/adapters/dynamodb/parse-item.ts';
import { deliveryStatuses, heldByOf } from '../../lambdas/domain/delivery-record.ts';
import { EndpointIdText, TenantIdText } from '../../lambdas/domain/ids.ts';
import { FiniteNumber } from '../../lambdas/domain/instant-fields.ts';
import { dueIndex } from '../../lambdas/domain/tables.ts';
import type { Deployment } from '../stack/deployment.ts';

/** Deliveries and recoveries in the tables that have not ended. */
export interface Unfinished {
  /** Deliveries that wait for an attempt; the tasks of some are in the delivery queue, too. */
  readonly pending: number;
  /** Deliveries that wait for their endpoint to be enabled. */
  readonly held: number;
  /** Their endpoints: `tenant/endpointId`. */
  readonly heldBy: readonly string[];
  /** Failed deliveries whose dead letter is not sent yet. */
  readonly unburied: number;
  /** Recoveries that still send deliveries again. */
  readonly recoveries: number;
  /** Whether there may be more deliveries than were read, so that each of their numbers is a minimum. */
  readonly isCutShort: boolean;
  /** Whether there may be more recoveries. */
  readonly hasMoreRecoveries: boolean;
  /** Tables that do not exist. */
  readonly missing: readonly string[];
}

/** Items read from each of the index's eight partitions: less than a thousand in all, however large the table is. */
const lookedAtOfShard = 100;
/** DynamoDB's limit for a `BatchGet`. */
const batchSize = 100;
/** A throttled table leaves items of a batch unread. */
const mostTries = 5;
const mostRecoveries = 200;

const Key = v.object({ id: v.string() });
const Standing = v.object({
  status: v.picklist(deliveryStatuses),
  dueAt: v.optional(FiniteNumber),
  tenant: TenantIdText,
  endpointId: EndpointIdText,
});
type Standing = v.InferOutput<typeof Standing>;
const parseStanding = itemParser('delivery', 'Deliveries', Standing);

/** Lists running recoveries, `limit` at most. */
export type RunningRecoveries = (limit: number) => Promise<readonly unknown[]>;

/** Counts by the due index, which has every delivery that has not ended, held ones included. It never scans a table. */
export async function lookAtTables(
  client: DynamodbClient,
  { deliveriesTable, endpointsTable }: Pick<Deployment, 'deliveriesTable' | 'endpointsTable'>,
  running: RunningRecoveries,
): Promise<Unfinished> {
  const [due, recoveries] = await Promise.all([
    unlessMissing(standings(client, deliveriesTable)),
    unlessMissing(running(mostRecoveries)),
  ]);
  const unfinished = (due?.found ?? []).filter(({ dueAt }) => dueAt !== undefined);
  const count = (wanted: (status: Standing['status']) => boolean) =>
    unfinished.filter(({ status }) => wanted(status)).length;
  return {
    pending: count((status) => status === 'pending'),
    held: count((status) => status === 'held'),
    heldBy: [...new Set(unfinished.filter(({ status }) => status === 'held').map(heldByOf))],
    unburied: count((status) => status !== 'pending' && status !== 'held'),
    recoveries: recoveries?.length ?? 0,
    isCutShort: due?.isCutShort ?? false,
    hasMoreRecoveries: recoveries?.length === mostRecoveries,
    missing: [
      ...(due === undefined ? [deliveriesTable] : []),
      ...(recoveries === undefined ? [endpointsTable] : []),
    ],
  };
}

/** @returns undefined when the table does not exist */
async function unlessMissing<Found>(found: Promise<Found>): Promise<Found | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** Reads the first deliveries of each partition of the due index. */
async function standings(client: DynamodbClient, table: string) {
  const shards = Array.from({ length: dueIndex.shards }, (_, shard) => String(shard));
  const pages = await Promise.all(shards.map((shard) => client.send(dueIn(table, shard))));
  const ids = pages.flatMap(({ Items = [] }) => Items.map((item) => v.parse(Key, item).id));
  const found: Standing[] = [];
  let isCutShort = pages.some(({ LastEvaluatedKey }) => LastEvaluatedKey !== undefined);
  for (let from = 0; from < ids.length; from += batchSize) {
    const batch = await standingsOf(client, table, ids.slice(from, from + batchSize));
    found.push(...batch.found);
    isCutShort ||= !batch.isWhole;
  }
  return { found, isCutShort };
}

const dueIn = (table: string, shard: string): QueryCommand =>
  new QueryCommand({
    TableName: table,
    IndexName: dueIndex.name,
    KeyConditionExpression: '#shard = :shard',
    ExpressionAttributeNames: { '#shard': dueIndex.partitionKey },
    ExpressionAttributeValues: { ':shard': shard },
    Limit: lookedAtOfShard,
  });

/** Reads a batch. DynamoDB may leave some items for another request. */
async function standingsOf(
  client: DynamodbClient,
  table: string,
  ids: readonly string[],
): Promise<{ readonly found: readonly Standing[]; readonly isWhole: boolean }> {
  const names = { '#status': 'status', '#dueAt': 'dueAt', '#tenant': 'tenant', '#endpointId': 'endpointId' };
  const fields = { ProjectionExpression: Object.keys(names).join(', '), ExpressionAttributeNames: names };
  const found: Standing[] = [];
  let Keys: Record<string, unknown>[] = ids.map((id) => ({ id }));
  for (let tries = 0; Keys.length > 0 && tries < mostTries; tries += 1) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: { ...fields, Keys } } }),
    );
    found.push(...(Responses?.[table] ?? []).map((item) => parseStanding(item)));
    Keys = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return { found, isWhole: Keys.length === 0 };
}

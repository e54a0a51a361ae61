import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import {
  BatchGetCommand,
  type DynamodbClient,
  QueryCommand,
} from '../../lambdas/adapters/dynamodb/commands.ts';
import { itemParser } from '../../lambdas/adapters/dynamodb/parse-item.ts';
import { deliveryStatuses } from '../../lambdas/domain/delivery-record.ts';
import { EndpointIdText, TenantIdText } from '../../lambdas/domain/ids.ts';
import { FiniteNumber } from '../../lambdas/domain/instant-fields.ts';
import { dueIndex, manifestShards, otherItems } from '../../lambdas/domain/tables.ts';
import type { OutboundFacts } from '../../lib/outputs.ts';

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
/** Manifests read from each of their partitions, and deliveries of them in all. */
const manifestsOfShard = 10;
const mostOfManifests = 1000;
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

/**
 * Counts by the due index and the manifests: every delivery that has not ended is in one of them. It never scans a table.
 */
export async function lookAtTables(
  client: DynamodbClient,
  { deliveriesTable, endpointsTable }: Pick<OutboundFacts, 'deliveriesTable' | 'endpointsTable'>,
  running: RunningRecoveries,
): Promise<Unfinished> {
  const [listed, recoveries] = await Promise.all([
    unlessMissing(idsInManifests(client, endpointsTable)),
    unlessMissing(running(mostRecoveries)),
  ]);
  const due = await unlessMissing(standings(client, deliveriesTable, listed ?? nothingListed));
  const unfinished = (due?.found ?? []).filter(
    ({ status, dueAt }) => dueAt !== undefined || status === 'pending',
  );
  const count = (wanted: (status: Standing['status']) => boolean) =>
    unfinished.filter(({ status }) => wanted(status)).length;
  return {
    pending: count((status) => status === 'pending'),
    held: count((status) => status === 'held'),
    heldBy: [
      ...new Set(
        unfinished
          .filter(({ status }) => status === 'held')
          .map(({ tenant, endpointId }) => `${tenant}/${endpointId}`),
      ),
    ],
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

/** Deliveries that may be unfinished. */
interface Listed {
  readonly ids: readonly string[];
  readonly isCutShort: boolean;
}
const nothingListed: Listed = { ids: [], isCutShort: false };

const ManifestItem = v.object({ deliveries: v.array(v.string()) });

/** Reads the oldest manifests of each partition. */
async function idsInManifests(client: DynamodbClient, TableName: string): Promise<Listed> {
  const query = (shard: number) =>
    new QueryCommand({
      TableName,
      KeyConditionExpression: '#tenant = :shard',
      ExpressionAttributeNames: { '#tenant': 'tenant' },
      ExpressionAttributeValues: { ':shard': `${otherItems.manifest}${shard}` },
      Limit: manifestsOfShard,
    });
  const shards = Array.from({ length: manifestShards }, (_, shard) => client.send(query(shard)));
  const pages = await Promise.all(shards);
  const ids = pages.flatMap(({ Items = [] }) =>
    Items.flatMap((item) => v.parse(ManifestItem, item).deliveries),
  );
  const isCutShort =
    ids.length > mostOfManifests || pages.some(({ LastEvaluatedKey }) => LastEvaluatedKey !== undefined);
  return { ids: ids.slice(0, mostOfManifests), isCutShort };
}

/** Reads the first deliveries of each partition of the due index, and those that manifests name. */
async function standings(client: DynamodbClient, table: string, listed: Listed) {
  const shards = Array.from({ length: dueIndex.shards }, (_, shard) => String(shard));
  const pages = await Promise.all(shards.map((shard) => client.send(dueIn(table, shard))));
  const due = pages.flatMap(({ Items = [] }) => Items.map((item) => v.parse(Key, item).id));
  const ids = [...new Set([...due, ...listed.ids])];
  const found: Standing[] = [];
  let isCutShort = listed.isCutShort || pages.some(({ LastEvaluatedKey }) => LastEvaluatedKey !== undefined);
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

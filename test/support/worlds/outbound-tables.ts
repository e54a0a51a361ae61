import type { DynamodbClient } from '../../../lambdas/adapters/dynamodb/commands.ts';
import { deliveryItem } from '../../../lambdas/adapters/dynamodb/deliveries/item.ts';
import { endpointItem, parseEndpoint } from '../../../lambdas/adapters/dynamodb/endpoints/item.ts';
import { parseTally } from '../../../lambdas/adapters/dynamodb/failure-tallies.ts';
import { gatherWrites } from '../../../lambdas/adapters/dynamodb/gathered-writes.ts';
import { leaseName, parseLimiter } from '../../../lambdas/adapters/dynamodb/limiter/item.ts';
import { manifestItem, parseManifest } from '../../../lambdas/adapters/dynamodb/manifests.ts';
import {
  outboundEventItem,
  parseOutboundEvent,
} from '../../../lambdas/adapters/dynamodb/outbound-events/item.ts';
import { parseRecovery } from '../../../lambdas/adapters/dynamodb/recoveries.ts';
import type { Manifest } from '../../../lambdas/domain/delivery-manifest.ts';
import type { Endpoint } from '../../../lambdas/domain/endpoint.ts';
import type { FailureTally } from '../../../lambdas/domain/failure-tally.ts';
import type { LimiterState } from '../../../lambdas/domain/limiter.ts';
import type { OutboundEvent } from '../../../lambdas/domain/outbound-event.ts';
import type { Recovery } from '../../../lambdas/domain/recovery.ts';
import { otherItems } from '../../../lambdas/domain/tables.ts';
import {
  type ClientHooks,
  type DynamodbOptions,
  dynamodbInMemory,
  type MemoryDynamodb,
  tableNames,
} from '../../../testing/memory/dynamodb/dynamodb.ts';
import type { Item } from '../../../testing/memory/dynamodb/values.ts';
import { outboundStores } from '../../../testing/memory/outbound-stores.ts';
import { itemsView } from '../items-view.ts';
import { asDelivery, type StoredDelivery, storedDelivery } from './stored-delivery.ts';

/** The tables of the outbound flow: the adapters on DynamoDB in memory, and what tests read and change past them. */
export function outboundTables(
  now: () => number,
  { hooks, manifestShards, inStatements = false, ...faults }: TableFaults = {},
) {
  const db = dynamodbInMemory({ ...faults, now });
  const client = inStatements ? writingStatements(db.client(hooks)) : db.client(hooks);
  return { db, stores: outboundStores(client, manifestShards), seen: seenTables(db) };
}

/** What goes wrong between the adapters and their tables. */
export interface TableFaults extends Pick<DynamodbOptions, 'isLate' | 'lagMs' | 'batchTakes'> {
  readonly hooks?: ClientHooks;
  /** A sweep reads each shard, which makes a run long. @default as deployed */
  readonly manifestShards?: number;
  /** Writes are statements, as those that λ publish and λ deliver make at once. @default false */
  readonly inStatements?: boolean;
}

/** Each write that could be in a batch is a batch of one: no call waits for another. */
export const writingStatements = (client: DynamodbClient): DynamodbClient =>
  gatherWrites(client, { fewest: 1, atOnce: true });

/** Whether a sweep would do more than read and measure. */
export function findsWork(db: MemoryDynamodb, now: number): boolean {
  const isDue = ({ dueAt }: Item) => typeof dueAt === 'number' && dueAt <= now;
  const needsAttention = ({ attention, attentionAt }: Item) =>
    typeof attention === 'string' && !attention.startsWith('down') && Number(attentionAt) <= now;
  return (
    [...db.tableOf(tableNames.deliveries).items.values()].some(isDue) ||
    [...db.tableOf(tableNames.endpoints).items.values()].some(
      (item) => needsAttention(item) || Number(item['lookAt']) <= now,
    )
  );
}

/** The items of the tables as tests read and change them, by the keys that the flow knows them by. */
function seenTables(db: MemoryDynamodb) {
  const endpoints = db.tableOf(tableNames.endpoints);
  /** How often each tally was counted up, notified or not. */
  const counted = new Map<string, number>();
  db.onWrite(({ table, was, is }) => {
    if (table !== tableNames.endpoints || is === undefined || partitionOf(is, otherItems.tally) === undefined)
      return;
    const more = Number(is['count']) - Number(was?.['count'] ?? 0);
    const name = String(is['id']);
    if (more > 0) counted.set(name, (counted.get(name) ?? 0) + more);
  });
  return {
    counted,
    deliveries: itemsView<StoredDelivery>(db.tableOf(tableNames.deliveries), {
      parse: storedDelivery,
      itemOf: (delivery) => deliveryItem(asDelivery(delivery)),
    }),
    /** By shard and id. */
    manifests: itemsView<Manifest>(endpoints, {
      parse: (item) =>
        partitionOf(item, otherItems.manifest) === undefined ? undefined : parseManifest(item),
      itemOf: manifestItem,
      tableKey: (key) => key.replace(' ', '\u0000'),
      testKey: (key) => key.replace('\u0000', ' '),
    }),
    events: itemsView<OutboundEvent>(db.tableOf(tableNames.outboundEvents), {
      parse: parseOutboundEvent,
      itemOf: outboundEventItem,
    }),
    /** By tenant and id with a slash between them. */
    endpoints: itemsView<Endpoint>(endpoints, {
      parse: (item) => (String(item['tenant']).startsWith('/') ? undefined : parseEndpoint(item)),
      itemOf: endpointItem,
      tableKey: (key) => key.replace('/', '\u0000'),
      testKey: (key) => key.replace('\u0000', '/'),
    }),
    limiter: itemsView<LimiterState>(endpoints, {
      parse: (item) => (partitionOf(item, otherItems.limiter) === undefined ? undefined : parseLimiter(item)),
      itemOf: limiterItem,
      tableKey: (key) => `${otherItems.limiter}${key}\u0000limiter`,
      testKey: (key) => key.slice(otherItems.limiter.length, key.indexOf('\u0000')),
    }),
    recoveries: itemsView<Recovery>(endpoints, {
      parse: (item) => (item['tenant'] === otherItems.job ? parseRecovery(item) : undefined),
      itemOf: (recovery, was) => ({ ...was, ...recovery, tenant: otherItems.job }),
      tableKey: (key) => `${otherItems.job}\u0000${key}`,
    }),
    tallies: itemsView<FailureTally>(endpoints, {
      parse: (item) => (partitionOf(item, otherItems.tally) === undefined ? undefined : parseTally(item)),
      itemOf: ({ name, ...tally }, was) => ({ ...was, ...tally, id: name }),
      tableKey: (key) => `${otherItems.tally}${key}\u0000${key}`,
    }),
  };
}

/** What follows the prefix in the partition of an item of the Endpoints table. */
function partitionOf(item: Item, prefix: string): string | undefined {
  const partition = String(item['tenant']);
  return partition.startsWith(prefix) ? partition.slice(prefix.length) : undefined;
}

const limiterItem = ({ slots, ...state }: LimiterState, _was: Item | undefined, key: string) => ({
  ...state,
  ...Object.fromEntries(Object.entries(slots).map(([token, lease]) => [leaseName(token), { ...lease }])),
  taken: Object.values(slots).reduce((sum, { count }) => sum + count, 0),
  tenant: `${otherItems.limiter}${key}`,
  id: 'limiter',
});

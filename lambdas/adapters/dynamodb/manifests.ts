import * as v from 'valibot';
import { AnnouncedDelivery, idOfAnnounced } from '../../domain/announced-delivery.ts';
import {
  type Manifest,
  type ManifestCursor,
  type ManifestStore,
  manifestIdFrom,
  type NewManifest,
  placeManifest,
} from '../../domain/delivery-manifest.ts';
import { DeliveryIdText } from '../../domain/ids.ts';
import { Count, Instant } from '../../domain/instant-fields.ts';
import { readStoredText } from '../../domain/stored-text.ts';
import { manifestShards, otherItems } from '../../domain/tables.ts';
import type { UnixMillis } from '../../domain/time.ts';
import { DeleteCommand, type DynamodbClient, PutCommand, QueryCommand } from './commands.ts';
import { updateIf } from './conditional-update.ts';
import { itemParser, wellFormed } from './parse-item.ts';
import { cheapestForm } from './write-units.ts';

const ManifestItem = v.object({
  tenant: v.pipe(
    v.string(),
    v.transform((partition) => Number(partition.slice(otherItems.manifest.length))),
    Count,
  ),
  id: v.string(),
  madeAt: Instant,
  deliveries: v.array(DeliveryIdText),
  /** As JSON, compressed where that saves a write unit. */
  announced: v.optional(v.union([v.string(), v.instance(Uint8Array)])),
  lookAt: Instant,
  looks: Count,
});

const parse = itemParser('manifest', 'Endpoints', ManifestItem);
const parseAnnounced = itemParser('manifest', 'Endpoints', v.array(AnnouncedDelivery));

/** @throws MalformedItemError */
export function parseManifest(item: unknown): Manifest {
  const { tenant: shard, announced: stored, deliveries, ...manifest } = parse(item);
  const announced = stored === undefined ? [] : parseAnnounced(JSON.parse(readStoredText(stored)));
  return { shard, ...manifest, announced, deliveries: [...deliveries, ...announced.map(idOfAnnounced)] };
}

const partitionOf = (shard: number): string => `${otherItems.manifest}${shard}`;

/** A manifest as an item. The ids of announced deliveries follow from what it says of them. */
export function manifestItem({ shard, announced, deliveries, ...manifest }: Manifest) {
  const derived = new Set<string>(announced.map(idOfAnnounced));
  const made = deliveries.filter((id) => !derived.has(id));
  const item = { ...manifest, deliveries: made, tenant: partitionOf(shard) };
  return announced.length === 0
    ? item
    : { ...item, announced: cheapestForm(JSON.stringify(announced), item) };
}

/** Manifests, in partitions of the Endpoints table. No index has them, so each costs one write and one deletion. */
export const dynamodbManifests = (client: DynamodbClient, table: string, shards = manifestShards) =>
  ({
    shards,

    async add(manifest: NewManifest): Promise<void> {
      const Item = manifestItem(placeManifest(manifest, shards));
      await client.send(new PutCommand({ TableName: table, Item }));
    },

    async page(
      shard: number,
      madeBefore: UnixMillis,
      onMalformed: (error: Error) => void,
      after?: ManifestCursor,
    ) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: '#tenant = :shard AND #id < :before',
          ExpressionAttributeNames: { '#tenant': 'tenant', '#id': 'id' },
          ExpressionAttributeValues: { ':shard': partitionOf(shard), ':before': manifestIdFrom(madeBefore) },
          Limit: pageSize,
          ExclusiveStartKey: after,
        }),
      );
      return { manifests: wellFormed(Items, parseManifest, onMalformed), next: LastEvaluatedKey };
    },

    async moveOn(expected: Manifest, lookAt: UnixMillis, looks: number): Promise<boolean> {
      const { ok } = await updateIf(client, table, {
        tenant: partitionOf(expected.shard),
        id: expected.id,
        set: { lookAt, looks },
        condition: '#lookAt = :seen',
        values: { seen: expected.lookAt },
      });
      return ok;
    },

    async remove({ shard, id }: Pick<Manifest, 'shard' | 'id'>): Promise<void> {
      await client.send(new DeleteCommand({ TableName: table, Key: { tenant: partitionOf(shard), id } }));
    },
  }) satisfies ManifestStore;

/** Small, because the sweep processes a page at once and looks at the clock between pages. */
const pageSize = 25;

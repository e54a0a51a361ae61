import * as v from 'valibot';
import {
  type Delivery,
  endpointDayOf,
  type ListedDelivery,
  listedAt,
} from '../../../domain/delivery-record.ts';
import { type DeliveryId, DeliveryIdText, type EndpointId, type TenantId } from '../../../domain/ids.ts';
import { byEndpointIndex } from '../../../domain/tables.ts';
import { readItems } from '../batch-read.ts';
import { type DynamodbClient, QueryCommand } from '../commands.ts';
import { wellFormed } from '../parse-item.ts';
import { parseDelivery } from './item.ts';

const Key = v.object({ id: DeliveryIdText, listedAt: v.string() });
interface OfEndpoint {
  readonly tenant: TenantId;
  readonly endpointId: EndpointId;
}
interface Partition {
  readonly day: string;
  readonly shard: number;
}

/** The deliveries of one endpoint, by the index that lists them. */
export function dynamodbEndpointDeliveries(client: DynamodbClient, table: string) {
  const query = async (
    endpoint: OfEndpoint,
    { day, shard }: Partition,
    [from, to]: readonly [string, string],
    limit: number,
  ): Promise<readonly ListedDelivery[]> => {
    // DynamoDB rejects an empty range.
    if (from > to) return [];
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: byEndpointIndex.name,
        KeyConditionExpression: '#partition = :partition AND #listedAt BETWEEN :from AND :to',
        ExpressionAttributeNames: {
          '#partition': byEndpointIndex.partitionKey,
          '#listedAt': byEndpointIndex.sortKey,
        },
        ExpressionAttributeValues: {
          ':partition': endpointDayOf(endpoint, day, shard),
          ':from': from,
          ':to': to,
        },
        Limit: limit,
        ScanIndexForward: false,
      }),
    );
    return Items.map((item) => v.parse(Key, item));
  };

  return {
    /** Reads one partition, the newest first. */
    newest: (
      endpoint: OfEndpoint,
      place: Partition,
      { from, before }: { readonly from: string; readonly before: string },
      limit: number,
    ) => query(endpoint, place, [from, justBefore(before)], limit),

    readAll: (ids: readonly DeliveryId[], onMalformed: (error: Error) => void) =>
      readAll(client, table, ids, onMalformed),
  };
}

/** Reads deliveries in the order of their creation. Omits malformed ones, and those that have expired meanwhile. */
async function readAll(
  client: DynamodbClient,
  table: string,
  ids: readonly DeliveryId[],
  onMalformed: (error: Error) => void,
): Promise<readonly Delivery[]> {
  const keys = ids.map((id) => ({ id }));
  const items = await readItems(client, table, keys, { ConsistentRead: true });
  return wellFormed(items, parseDelivery, onMalformed).toSorted((a, b) =>
    listedAt(a) < listedAt(b) ? -1 : 1,
  );
}

/** Bounds of a key range are inclusive: this returns the last text before. A place ends in letters, digits or `~`. */
const justBefore = (place: string): string =>
  `${place.slice(0, -1)}${String.fromCharCode(place.charCodeAt(place.length - 1) - 1)}\uffff`;

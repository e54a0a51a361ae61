import * as v from 'valibot';
import { waitingByOf } from '../../../domain/delivery-record.ts';
import { type DeliveryId, DeliveryIdText, type EndpointId, type TenantId } from '../../../domain/ids.ts';
import { waitingIndex } from '../../../domain/tables.ts';
import type { UnixMillis } from '../../../domain/time.ts';
import { type DynamodbClient, QueryCommand } from '../commands.ts';

const Key = v.object({ id: DeliveryIdText, waitsSince: v.number() });

interface EndpointName {
  readonly tenant: TenantId;
  readonly id: EndpointId;
}

/** The index of the deliveries of an endpoint that wait for their next attempt. */
export function dynamodbWaiting(client: DynamodbClient, table: string) {
  const query = ({ tenant, id }: EndpointName, shard: number, upTo: number, limit: number) => ({
    TableName: table,
    IndexName: waitingIndex.name,
    KeyConditionExpression: '#by = :by AND #since <= :upTo',
    ExpressionAttributeNames: { '#by': waitingIndex.partitionKey, '#since': waitingIndex.sortKey },
    ExpressionAttributeValues: { ':by': waitingByOf({ tenant, endpointId: id }, shard), ':upTo': upTo },
    Limit: limit,
  });

  return {
    /** Reads those that have waited since before `upTo`, the longest first; eventually consistent. */
    async waitingOf(endpoint: EndpointName, upTo: UnixMillis, limit: number): Promise<readonly DeliveryId[]> {
      const pages = await Promise.all(
        shards.map((shard) => client.send(new QueryCommand(query(endpoint, shard, upTo, limit)))),
      );
      const keys = pages.flatMap(({ Items = [] }) => Items.map((item) => v.parse(Key, item)));
      return keys
        .sort((one, other) => one.waitsSince - other.waitsSince)
        .slice(0, limit)
        .map(({ id }) => id);
    },

    /** Counts those that wait; with `isExact: false` there are more. @param atMost the most to count in each partition */
    async countWaiting(endpoint: EndpointName, atMost: number) {
      const pages = await Promise.all(
        shards.map((shard) =>
          client.send(
            new QueryCommand({
              ...query(endpoint, shard, Number.MAX_SAFE_INTEGER, atMost),
              Select: 'COUNT',
            }),
          ),
        ),
      );
      const count = pages.reduce((sum, { Count = 0 }) => sum + Count, 0);
      return { count, isExact: pages.every(({ LastEvaluatedKey }) => LastEvaluatedKey === undefined) };
    },
  };
}

const shards = Array.from({ length: waitingIndex.shards }, (_, shard) => shard);

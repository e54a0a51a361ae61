import { waitingByOf } from '../../../domain/delivery-record.ts';
import type { EndpointId, TenantId } from '../../../domain/ids.ts';
import { waitingIndex } from '../../../domain/tables.ts';
import type { UnixMillis } from '../../../domain/time.ts';
import type { DynamodbClient } from '../commands.ts';
import { endpointIndex } from './endpoint-index.ts';

interface EndpointName {
  readonly tenant: TenantId;
  readonly id: EndpointId;
}

/** The index of the deliveries of an endpoint that wait for their next attempt. */
export function dynamodbWaiting(client: DynamodbClient, table: string) {
  const index = endpointIndex(client, table, waitingIndex);
  return {
    /** Reads those that have waited since before `upTo`, the longest first; eventually consistent. */
    waitingOf: (endpoint: EndpointName, upTo: UnixMillis, limit: number) =>
      index.ids(partitionsOf(endpoint), limit, upTo),

    /** Counts those that wait; with `isExact: false` there are more. @param atMost the most to count in each partition */
    countWaiting: (endpoint: EndpointName, atMost: number) => index.count(partitionsOf(endpoint), atMost),
  };
}

const shards = Array.from({ length: waitingIndex.shards }, (_, shard) => shard);
const partitionsOf = ({ tenant, id }: EndpointName): readonly string[] =>
  shards.map((shard) => waitingByOf({ tenant, endpointId: id }, shard));

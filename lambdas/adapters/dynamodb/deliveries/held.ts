import { heldByOf } from '../../../domain/delivery-record.ts';
import type { EndpointId, TenantId } from '../../../domain/ids.ts';
import { heldIndex } from '../../../domain/tables.ts';
import type { DynamodbClient } from '../commands.ts';
import { endpointIndex } from './endpoint-index.ts';

interface EndpointName {
  readonly tenant: TenantId;
  readonly id: EndpointId;
}

/** The held index: which deliveries wait for their endpoint to be enabled. */
export function dynamodbHeld(client: DynamodbClient, table: string) {
  const index = endpointIndex(client, table, heldIndex);
  return {
    /** Reads the oldest first; eventually consistent. */
    heldOf: (endpoint: EndpointName, limit: number) => index.ids(partitionsOf(endpoint), limit),

    /** Counts those that are held; with `isExact: false` there are more. @param atMost the most to count in each partition */
    countHeld: (endpoint: EndpointName, atMost: number) => index.count(partitionsOf(endpoint), atMost),
  };
}

const shards = Array.from({ length: heldIndex.shards }, (_, shard) => shard);

/** The last one has what was held before there were shards. */
const partitionsOf = ({ tenant, id }: EndpointName): readonly string[] => {
  const endpoint = { tenant, endpointId: id };
  return [...shards.map((shard) => heldByOf(endpoint, shard)), heldByOf(endpoint)];
};

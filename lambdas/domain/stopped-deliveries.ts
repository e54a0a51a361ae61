import { type DeliveryFacts, type DeliveryStatus, shardOf } from './delivery-record.ts';
import { stoppedIndex } from './tables.ts';

/** The states in which nothing is sent until the delivery is released or replayed. */
const stoppedStatuses = ['held', 'failed', 'discarded'] as const;
export type StoppedStatus = (typeof stoppedStatuses)[number];

export const isStopped = (status: DeliveryStatus): status is StoppedStatus =>
  stoppedStatuses.some((stopped) => stopped === status);

/** Names a partition of the index of stopped deliveries. */
const partitionOf = (
  { tenant, endpointId }: Pick<DeliveryFacts, 'tenant' | 'endpointId'>,
  status: StoppedStatus,
  shard: number,
): string => `${tenant}/${endpointId}${status === 'held' ? '' : `#${status}`}#${shard}`;

/** The partition of a delivery in the index of stopped deliveries; undefined with another status. */
export const stoppedPartition = (
  delivery: Pick<DeliveryFacts, 'id' | 'tenant' | 'endpointId'>,
  status: DeliveryStatus,
): string | undefined =>
  isStopped(status) ? partitionOf(delivery, status, shardOf(delivery, stoppedIndex.shards)) : undefined;

/** The partitions of an endpoint in the index. Of `held`, the last one has what was held before there were shards. */
export function stoppedPartitionsOf(
  endpoint: Pick<DeliveryFacts, 'tenant' | 'endpointId'>,
  status: StoppedStatus,
): readonly string[] {
  const shards = Array.from({ length: stoppedIndex.shards }, (_, shard) =>
    partitionOf(endpoint, status, shard),
  );
  return status === 'held' ? [...shards, `${endpoint.tenant}/${endpoint.endpointId}`] : shards;
}

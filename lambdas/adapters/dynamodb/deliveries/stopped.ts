import * as v from 'valibot';
import { type ListedDelivery, listedAt } from '../../../domain/delivery-record.ts';
import type { StoppedBounds, StoppedEndpoint, StoppedPage } from '../../../domain/delivery-store.ts';
import { DeliveryIdText } from '../../../domain/ids.ts';
import { Instant } from '../../../domain/instant-fields.ts';
import { type StoppedStatus, stoppedPartitionsOf } from '../../../domain/stopped-deliveries.ts';
import { stoppedIndex } from '../../../domain/tables.ts';
import { type DynamodbClient, QueryCommand } from '../commands.ts';
import { itemParser } from '../parse-item.ts';

const Key = v.object({ id: DeliveryIdText, createdAt: Instant });
const parseKey = itemParser('delivery', 'Deliveries', Key);

/** The least that is read of a partition at a time. */
const leastShare = 10;

/** The stopped deliveries of an endpoint by status, read from all partitions of the index as one list. */
export function dynamodbStopped(client: DynamodbClient, table: string) {
  /** Reads a partition until it has a place that is not of the last instant read: those of one instant have no order. */
  async function read(partition: string, bounds: StoppedBounds, share: number): Promise<Part> {
    const keys: ListedDelivery[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: stoppedIndex.name,
          KeyConditionExpression: '#by = :by AND #at BETWEEN :first AND :last',
          ExpressionAttributeNames: { '#by': stoppedIndex.partitionKey, '#at': stoppedIndex.sortKey },
          ExpressionAttributeValues: {
            ':by': partition,
            ':first': instantIn(bounds.above),
            ':last': instantIn(bounds.below),
          },
          ScanIndexForward: bounds.order === 'oldest first',
          Limit: share,
          ExclusiveStartKey: from,
        }),
      );
      keys.push(...Items.map((item) => keyOf(parseKey(item))));
      from = LastEvaluatedKey;
    } while (from !== undefined && !hasProgress(keys, bounds));
    return { keys, cutAt: from && instantOf(keys.at(-1)) };
  }

  return {
    async stopped(
      endpoint: StoppedEndpoint,
      statuses: readonly StoppedStatus[],
      bounds: StoppedBounds,
      limit: number,
    ): Promise<StoppedPage> {
      // DynamoDB rejects an empty range.
      if (bounds.above > bounds.below) return { keys: [] };
      const partitions = statuses.flatMap((status) => stoppedPartitionsOf(endpoint, status));
      const share = Math.max(leastShare, Math.ceil((2 * limit) / stoppedIndex.shards));
      const parts = await Promise.all(partitions.map((partition) => read(partition, bounds, share)));
      return merged(parts, bounds, limit);
    },
  };
}

/** What was read of a partition. */
interface Part {
  readonly keys: readonly ListedDelivery[];
  /** More follows, and of this instant not all is read. */
  readonly cutAt?: number;
}

const keyOf = (item: v.InferOutput<typeof Key>): ListedDelivery => ({
  id: item.id,
  listedAt: listedAt(item),
});

/** A place begins with the time of creation. */
const instantIn = (place: string): number => Number(place.split('#')[0]);
const instantOf = (key: ListedDelivery | undefined): number => instantIn(key?.listedAt ?? '');

const isWithin = ({ listedAt: place }: ListedDelivery, { above, below }: StoppedBounds): boolean =>
  place > above && place < below;

const hasProgress = (keys: readonly ListedDelivery[], bounds: StoppedBounds): boolean => {
  const last = instantOf(keys.at(-1));
  return keys.some((key) => isWithin(key, bounds) && instantOf(key) !== last);
};

/** A page ends before the first instant that is not read completely in each partition. */
function merged(parts: readonly Part[], bounds: StoppedBounds, limit: number): StoppedPage {
  const sign = bounds.order === 'oldest first' ? 1 : -1;
  const cuts = parts.flatMap(({ cutAt }) => (cutAt === undefined ? [] : [cutAt * sign]));
  const cutAt = Math.min(...cuts, Number.POSITIVE_INFINITY);
  const found = parts
    .flatMap(({ keys }) => keys)
    .filter((key) => isWithin(key, bounds) && instantOf(key) * sign < cutAt)
    .sort((one, other) => (one.listedAt < other.listedAt ? -sign : sign));
  const keys = found.slice(0, limit);
  const isMore = found.length > limit || cuts.length > 0;
  return { keys, next: isMore ? keys.at(-1)?.listedAt : undefined };
}

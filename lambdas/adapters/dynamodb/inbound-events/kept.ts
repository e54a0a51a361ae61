import * as v from 'valibot';
import type { KeptKeys, KeptPlace } from '../../../domain/idempotency.ts';
import { Instant } from '../../../domain/instant-fields.ts';
import { type KeptList, partitionsOfKept } from '../../../domain/kept-events.ts';
import { keptIndex } from '../../../domain/tables.ts';
import { type DynamodbClient, QueryCommand } from '../commands.ts';

const Place = v.object({ id: v.string(), keptAt: Instant });

/** The least that is read of a partition at a time. */
const leastShare = 10;

/** The kept events of a day, read from all partitions of the index as one list. */
export function dynamodbKept(client: DynamodbClient, table: string) {
  /** Reads a partition until it has a place that is not the last one read: those of one instant have no order. */
  async function read(partition: string, share: number, after: KeptPlace | undefined): Promise<Part> {
    const places: KeptPlace[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: keptIndex.name,
          KeyConditionExpression: '#day = :day AND #at >= :from',
          ExpressionAttributeNames: { '#day': keptIndex.partitionKey, '#at': keptIndex.sortKey },
          ExpressionAttributeValues: { ':day': partition, ':from': after?.keptAt ?? 0 },
          Limit: share,
          ExclusiveStartKey: from,
        }),
      );
      places.push(...Items.map((item) => v.parse(Place, item)));
      from = LastEvaluatedKey;
    } while (from !== undefined && !hasProgress(places, after));
    return { places, cutAt: from && places.at(-1)?.keptAt };
  }

  return {
    async listKept(list: KeptList, limit: number, after?: KeptPlace): Promise<KeptKeys> {
      const share = Math.max(leastShare, Math.ceil((2 * limit) / keptIndex.shards));
      const parts = await Promise.all(
        partitionsOfKept(list).map((partition) => read(partition, share, after)),
      );
      return merged(parts, limit, after);
    },
  };
}

/** What was read of a partition. */
interface Part {
  readonly places: readonly KeptPlace[];
  /** More follows, and of this instant not all is read. */
  readonly cutAt?: number;
}

const isLater = (one: KeptPlace, other: KeptPlace | undefined): boolean =>
  other === undefined || byPlace(one, other) > 0;

const byPlace = (one: KeptPlace, other: KeptPlace): number =>
  one.keptAt - other.keptAt || (one.id < other.id ? -1 : Number(one.id > other.id));

const hasProgress = (places: readonly KeptPlace[], after: KeptPlace | undefined): boolean => {
  const last = places.at(-1);
  return last !== undefined && places.some((place) => isLater(place, after) && place.keptAt < last.keptAt);
};

/** A page ends before the first instant that is not read completely in each partition. */
function merged(parts: readonly Part[], limit: number, after: KeptPlace | undefined): KeptKeys {
  const cuts = parts.flatMap(({ cutAt }) => (cutAt === undefined ? [] : [cutAt]));
  const cutAt = cuts.length === 0 ? undefined : Math.min(...cuts);
  const found = parts
    .flatMap(({ places }) => places)
    .filter((place) => isLater(place, after) && (cutAt === undefined || place.keptAt < cutAt))
    .sort(byPlace);
  const page = found.slice(0, limit);
  const isMore = found.length > limit || cutAt !== undefined;
  return { ids: page.map(({ id }) => id), next: isMore ? page.at(-1) : undefined };
}

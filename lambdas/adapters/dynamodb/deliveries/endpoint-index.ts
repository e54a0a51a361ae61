import * as v from 'valibot';
import type { WaitCount } from '../../../domain/delivery-store.ts';
import { type DeliveryId, DeliveryIdText } from '../../../domain/ids.ts';
import { Instant } from '../../../domain/instant-fields.ts';
import { type DynamodbClient, QueryCommand } from '../commands.ts';

/** An index of the Deliveries table with several partitions for each endpoint, each by time. */
interface EndpointIndex {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
}

/** Reads the partitions of one endpoint as one list. Every read is eventually consistent. */
export function endpointIndex(client: DynamodbClient, table: string, index: EndpointIndex) {
  const keyOf = (item: Readonly<Record<string, unknown>>) => ({
    id: v.parse(DeliveryIdText, item['id']),
    at: v.parse(Instant, item[index.sortKey]),
  });
  const query = (partition: string, upTo: number) => ({
    TableName: table,
    IndexName: index.name,
    KeyConditionExpression: '#by = :by AND #since <= :upTo',
    ExpressionAttributeNames: { '#by': index.partitionKey, '#since': index.sortKey },
    ExpressionAttributeValues: { ':by': partition, ':upTo': upTo },
  });
  const oldest = async (partitions: readonly string[], limit: number, upTo: number) => {
    const pages = await Promise.all(
      partitions.map((by) => client.send(new QueryCommand({ ...query(by, upTo), Limit: limit }))),
    );
    return pages
      .flatMap(({ Items = [] }) => Items.map(keyOf))
      .sort((one, other) => one.at - other.at)
      .slice(0, limit);
  };

  return {
    /** The ids of those up to a time, the oldest first. */
    async ids(
      partitions: readonly string[],
      limit: number,
      upTo: number = Number.MAX_SAFE_INTEGER,
    ): Promise<readonly DeliveryId[]> {
      const keys = await oldest(partitions, limit, upTo);
      return keys.map(({ id }) => id);
    },

    /** Counts them, up to a number in each partition, and finds the oldest. */
    async count(partitions: readonly string[], atMost: number): Promise<WaitCount> {
      const counts = partitions.map((by) =>
        client.send(
          new QueryCommand({ ...query(by, Number.MAX_SAFE_INTEGER), Limit: atMost, Select: 'COUNT' }),
        ),
      );
      const pages = await Promise.all(counts);
      const count = pages.reduce((sum, { Count = 0 }) => sum + Count, 0);
      const [first] = count === 0 ? [] : await oldest(partitions, 1, Number.MAX_SAFE_INTEGER);
      return {
        count,
        isExact: pages.every(({ LastEvaluatedKey }) => LastEvaluatedKey === undefined),
        since: first?.at,
      };
    },
  };
}

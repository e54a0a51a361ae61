import { manifestItem } from '../../../lambdas/adapters/dynamodb/manifests.ts';
import type { AnnouncedDelivery } from '../../../lambdas/domain/announced-delivery.ts';
import { asDeliveryId } from '../../../lambdas/domain/ids.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { dynamodbItem } from '../fixtures/dynamodb-items.ts';
import type { Answers } from './aws.ts';

interface FakeDelivery {
  /** @default d and its place */
  readonly id?: string;
  readonly status: string;
  readonly dueAt?: number;
  readonly endpointId?: string;
}

/**
 * The answers of tables with these deliveries.
 *
 * @param jobs running recoveries
 * @param manifest the places of deliveries that one manifest names
 * @param announced the deliveries that it announces
 */
export function tables(
  deliveries: readonly FakeDelivery[],
  jobs = 0,
  isCutShort = false,
  manifest: readonly number[] = [],
  announced: readonly AnnouncedDelivery[] = [],
): Answers {
  const all = deliveries.map((delivery, nth) => ({
    id: `d${nth}`,
    tenant: 'acme',
    endpointId: 'e1',
    dueAt: 1,
    ...delivery,
  }));
  const keys = ({ ExpressionAttributeValues }: Readonly<Record<string, unknown>>) => {
    const shard = Object(ExpressionAttributeValues)[':shard']?.S;
    return all.filter((_, nth) => String(nth % 8) === shard).map(({ id }) => dynamodbItem({ id, dueAt: 1 }));
  };
  const at = unixMillis(0);
  const named = { shard: 7, id: 'm', madeAt: at, lookAt: at, looks: 0, announced };
  const listedIn = ({ ExpressionAttributeValues }: Readonly<Record<string, unknown>>) =>
    Object(ExpressionAttributeValues)[':shard']?.S === '/manifest/7'
      ? [dynamodbItem(manifestItem({ ...named, deliveries: manifest.map((nth) => asDeliveryId(`d${nth}`)) }))]
      : [];
  return {
    Query: (input) =>
      input['TableName'] === 'endpoints' && input['IndexName'] === undefined
        ? { Items: listedIn(input) }
        : input['TableName'] === 'endpoints'
          ? {
              Items: Array.from({ length: jobs }, (_, nth) =>
                dynamodbItem({ tenant: '/job', id: `j${nth}` }),
              ),
            }
          : {
              Items: keys(input),
              ...(isCutShort && { LastEvaluatedKey: dynamodbItem({ id: 'd0' }) }),
            },
    BatchGetItem: ({ RequestItems }) => {
      const { Keys } = Object(RequestItems).deliveries;
      const ids = Keys.map(({ id }: { id: { S: string } }) => id.S);
      return { Responses: { deliveries: all.filter(({ id }) => ids.includes(id)).map(dynamodbItem) } };
    },
  };
}

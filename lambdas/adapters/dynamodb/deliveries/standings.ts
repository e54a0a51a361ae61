import type { BatchGetCommandOutput } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { deliveryStatuses, type StandingDelivery } from '../../../domain/delivery-record.ts';
import type { DeliveryId } from '../../../domain/ids.ts';
import { Instant } from '../../../domain/instant-fields.ts';
import { inParts } from '../../../domain/parts.ts';
import type { OutputOf } from '../../aws/command.ts';
import { BatchGetCommand, type DynamodbClient } from '../commands.ts';
import { itemParser, wellFormed } from '../parse-item.ts';
import { deliveryFacts } from './item.ts';

const StandingItem = v.object({
  ...v.pick(v.object(deliveryFacts), [
    'id',
    'tenant',
    'eventId',
    'endpointId',
    'url',
    'generation',
    'correlationId',
    'attempts',
    'claims',
    'eventExpiresAt',
    'eventKeptFor',
  ]).entries,
  status: v.picklist(deliveryStatuses),
  leaseUntil: v.optional(Instant),
  dueAt: v.optional(Instant),
});

const parse = itemParser('delivery', 'Deliveries', StandingItem);
const names = Object.keys(StandingItem.entries);
const projection = {
  ProjectionExpression: names.map((name) => `#${name}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
};

/** The most keys that DynamoDB reads in one call. */
const batchSize = 100;

/** Part of many deliveries, read by their ids. */
export const dynamodbStandings = (client: DynamodbClient, table: string) => ({
  async standings(
    ids: readonly DeliveryId[],
    isConsistent: boolean,
    onMalformed: (error: Error) => void,
  ): Promise<readonly StandingDelivery[]> {
    const batches = inParts(ids, batchSize).map((some) => readBatch(client, table, some, isConsistent));
    return wellFormed((await Promise.all(batches)).flat(), parse, onMalformed);
  },
});

async function readBatch(
  client: DynamodbClient,
  table: string,
  ids: readonly DeliveryId[],
  ConsistentRead: boolean,
): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  let Keys: Record<string, unknown>[] | undefined = ids.map((id) => ({ id }));
  while (Keys !== undefined && Keys.length > 0) {
    const read: OutputOf<BatchGetCommandOutput> = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: { ...projection, Keys, ConsistentRead } } }),
    );
    items.push(...(read.Responses?.[table] ?? []));
    Keys = read.UnprocessedKeys?.[table]?.Keys;
  }
  return items;
}

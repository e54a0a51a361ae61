import * as v from 'valibot';
import type { StandingDelivery } from '../../../domain/delivery-manifest.ts';
import { deliveryStatuses } from '../../../domain/delivery-record.ts';
import type { DeliveryId } from '../../../domain/ids.ts';
import { Instant } from '../../../domain/instant-fields.ts';
import { readItems } from '../batch-read.ts';
import type { DynamodbClient } from '../commands.ts';
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

/** Part of many deliveries, read by their ids. */
export const dynamodbStandings = (client: DynamodbClient, table: string) => ({
  async standings(
    ids: readonly DeliveryId[],
    isConsistent: boolean,
    onMalformed: (error: Error) => void,
  ): Promise<readonly StandingDelivery[]> {
    const keys = ids.map((id) => ({ id }));
    const items = await readItems(client, table, keys, { ...projection, ConsistentRead: isConsistent });
    return wellFormed(items, parse, onMalformed);
  },
});

import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Delivery } from '../../../domain/delivery-record.ts';
import type { DeliveryStore, DeliveryWrite } from '../../../domain/delivery-store.ts';

import { type ConditionalUpdate, updateIf } from '../conditional-update.ts';
import { putIfFree, readItem } from '../put-if-absent.ts';
import { dynamodbEndpointDeliveries } from './by-endpoint.ts';
import { dynamodbDue } from './due.ts';
import { dynamodbHeld } from './held.ts';
import { deliveryItem, parseDelivery } from './item.ts';
import { deliveryUpdates } from './updates.ts';
import { dynamodbWaiting } from './waiting.ts';

/** The Deliveries table: one conditional write for each step of a delivery. A refused write returns the record. */
export function dynamodbDeliveries(client: DynamoDBDocumentClient, table: string) {
  const writes =
    <Args extends unknown[]>(updateFor: (...args: Args) => ConditionalUpdate) =>
    async (...args: Args): Promise<DeliveryWrite> => {
      const { ok, item } = await updateIf(client, table, updateFor(...args));
      if (ok) return { ok, delivery: parseDelivery(item) };
      return { ok, delivery: deliveryIn(item) };
    };

  return {
    /** @returns the delivery that exists already, else undefined */
    create: async (delivery: Delivery): Promise<Delivery | undefined> =>
      deliveryIn(await putIfFree(client, table, deliveryItem(delivery), delivery.createdAt)),
    read: async (id: string): Promise<Delivery | undefined> => deliveryIn(await readItem(client, table, id)),
    claim: writes(deliveryUpdates.claim),
    claimSuspect: writes(deliveryUpdates.claimSuspect),
    record: writes(deliveryUpdates.record),
    recordLateSuccess: writes(deliveryUpdates.recordLateSuccess),
    defer: writes(deliveryUpdates.defer),
    endWait: writes(deliveryUpdates.endWait),
    hold: writes(deliveryUpdates.hold),
    release: writes(deliveryUpdates.release),
    discard: writes(deliveryUpdates.discard),
    moveDue: writes(deliveryUpdates.moveDue),
    noteCounted: writes(deliveryUpdates.noteCounted),
    clearDue: writes(deliveryUpdates.clearDue),
    reopen: writes(deliveryUpdates.reopen),
    ...dynamodbDue(client, table),
    ...dynamodbHeld(client, table),
    ...dynamodbWaiting(client, table),
    ...dynamodbEndpointDeliveries(client, table),
  } satisfies DeliveryStore;
}

const deliveryIn = (item: unknown): Delivery | undefined =>
  item === undefined ? undefined : parseDelivery(item);

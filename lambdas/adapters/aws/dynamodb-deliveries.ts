import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Delivery } from '../../domain/delivery-record.ts';

import { type ConditionalUpdate, updateIf } from './conditional-update.ts';
import { deliveryItem, parseDelivery } from './delivery-item.ts';
import { deliveryUpdates } from './delivery-updates.ts';
import { putIfFree, readItem } from './put-if-free.ts';

/** A write to a delivery: as it stands after it, or as it stood in the way; undefined when there is none. */
type DeliveryWrite =
  | { readonly ok: true; readonly delivery: Delivery }
  | { readonly ok: false; readonly delivery?: Delivery };

/** The Deliveries table: one conditional write for each step of a delivery; a refused one brings the record with it. */
export function dynamodbDeliveries(client: DynamoDBDocumentClient, table: string) {
  const writes =
    <Args extends unknown[]>(updateFor: (...args: Args) => ConditionalUpdate) =>
    async (...args: Args): Promise<DeliveryWrite> => {
      const { ok, item } = await updateIf(client, table, updateFor(...args));
      if (ok) return { ok, delivery: parseDelivery(item) };
      return { ok, delivery: deliveryIn(item) };
    };

  return {
    /** @returns the delivery that is there already, else undefined */
    create: async (delivery: Delivery): Promise<Delivery | undefined> =>
      deliveryIn(await putIfFree(client, table, deliveryItem(delivery), delivery.createdAt)),
    read: async (id: string): Promise<Delivery | undefined> => deliveryIn(await readItem(client, table, id)),
    claim: writes(deliveryUpdates.claim),
    claimSuspect: writes(deliveryUpdates.claimSuspect),
    record: writes(deliveryUpdates.record),
    recordLateSuccess: writes(deliveryUpdates.recordLateSuccess),
    defer: writes(deliveryUpdates.defer),
    letGo: writes(deliveryUpdates.letGo),
    hold: writes(deliveryUpdates.hold),
    release: writes(deliveryUpdates.release),
    discard: writes(deliveryUpdates.discard),
    moveDue: writes(deliveryUpdates.moveDue),
    noteCounted: writes(deliveryUpdates.noteCounted),
    clearDue: writes(deliveryUpdates.clearDue),
    reopen: writes(deliveryUpdates.reopen),
  };
}

const deliveryIn = (item: unknown): Delivery | undefined =>
  item === undefined ? undefined : parseDelivery(item);

import type { AttemptRecord, Delivery, Fence } from '../../../domain/delivery-record.ts';
import type { DeliveryStore, DeliveryWrite } from '../../../domain/delivery-store.ts';
import type { DeliveryId } from '../../../domain/ids.ts';
import type { DynamodbClient } from '../commands.ts';

import { type ConditionalUpdate, updateIf } from '../conditional-update.ts';
import { putIfFree, readItem } from '../put-if-absent.ts';
import { dynamodbEndpointDeliveries } from './by-endpoint.ts';
import { dynamodbDue } from './due.ts';
import { dynamodbHeld } from './held.ts';
import { deliveryItem, parseDelivery, parseDeliveryOf } from './item.ts';
import { dynamodbStandings } from './standings.ts';
import { dynamodbStopped } from './stopped.ts';
import { dynamodbTurns } from './turns.ts';
import { deliveryUpdates } from './updates.ts';
import { dynamodbWaiting } from './waiting.ts';

/** The Deliveries table: one conditional write for each step of a delivery. A refused write returns the record. */
export function dynamodbDeliveries(client: DynamodbClient, table: string) {
  const writes =
    <Args extends unknown[], After extends Delivery>(
      updateFor: (...args: Args) => ConditionalUpdate,
      parseAfter: (item: unknown) => After,
    ) =>
    async (...args: Args): Promise<DeliveryWrite<After>> => {
      const { ok, item } = await updateIf(client, table, updateFor(...args));
      if (ok) return { ok, delivery: parseAfter(item) };
      return { ok, delivery: deliveryIn(item) };
    };

  return {
    /** @returns the delivery that exists already, else undefined */
    create: async (delivery: Delivery): Promise<Delivery | undefined> =>
      deliveryIn(await putIfFree(client, table, deliveryItem(delivery), delivery.createdAt)),
    read: async (id: DeliveryId): Promise<Delivery | undefined> =>
      deliveryIn(await readItem(client, table, id)),
    ...dynamodbTurns(client, table),
    record: <Outcome extends AttemptRecord>(fence: Fence, record: Outcome) => {
      const status: Outcome['status'] = record.status;
      return writes(deliveryUpdates.record, parseDeliveryOf[status])(fence, record);
    },
    recordLateSuccess: writes(deliveryUpdates.recordLateSuccess, parseDeliveryOf.delivered),
    endWait: writes(deliveryUpdates.endWait, parseDeliveryOf.pending),
    hold: writes(deliveryUpdates.hold, parseDeliveryOf.held),
    release: writes(deliveryUpdates.release, parseDeliveryOf.pending),
    discard: writes(deliveryUpdates.discard, parseDeliveryOf.discarded),
    moveDue: writes(deliveryUpdates.moveDue, parseDelivery),
    noteCounted: writes(deliveryUpdates.noteCounted, parseDeliveryOf.failed),
    clearDue: writes(deliveryUpdates.clearDue, parseDelivery),
    reopen: writes(deliveryUpdates.reopen, parseDeliveryOf.pending),
    ...dynamodbDue(client, table),
    ...dynamodbHeld(client, table),
    ...dynamodbStopped(client, table),
    ...dynamodbWaiting(client, table),
    ...dynamodbStandings(client, table),
    ...dynamodbEndpointDeliveries(client, table),
  } satisfies DeliveryStore;
}

const deliveryIn = (item: unknown): Delivery | undefined =>
  item === undefined ? undefined : parseDelivery(item);

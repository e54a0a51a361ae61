import { randomBytes } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ClaimedDelivery } from '../../../domain/delivery-record.ts';
import type { DeliveryWrite } from '../../../domain/delivery-store.ts';
import { type ConditionalUpdate, updateIf } from '../conditional-update.ts';
import { parseClaimed, parseDelivery } from './item.ts';
import { deliveryUpdates } from './updates.ts';

/**
 * The claims of the Deliveries table.
 *
 * Each writes a `turn` that no other claim has. A claim whose answer was lost is made again, and refused by its own lease:
 * the turn shows that the delivery is claimed already. Without it, one lost answer would make suspects of a whole batch.
 */
export function dynamodbClaims(client: DynamoDBDocumentClient, table: string) {
  const claims =
    <Args extends unknown[]>(updateFor: (...args: Args) => ConditionalUpdate) =>
    async (...args: Args): Promise<DeliveryWrite<ClaimedDelivery>> => {
      const update = updateFor(...args);
      const set = { ...update.set, turn: newTurn() };
      const { ok, item } = await updateIf(client, table, { ...update, set });
      if (ok || isClaimedBy(set, item)) return { ok: true, delivery: parseClaimed(item) };
      return { ok: false, delivery: item === undefined ? undefined : parseDelivery(item) };
    };

  return { claim: claims(deliveryUpdates.claim), claimSuspect: claims(deliveryUpdates.claimSuspect) };
}

/** A worker may have two tasks of one delivery, so a turn is of a claim, not of its worker. */
const processId = randomBytes(6).toString('base64url');
let turns = 0;
const newTurn = (): string => `${processId}${(turns++).toString(36)}`;

/** Whether the item has this very claim still: nothing has ended it. */
function isClaimedBy(claim: Readonly<Record<string, unknown>>, item: unknown): boolean {
  const attribute = (name: string): unknown => Reflect.get(Object(item), name);
  return (
    attribute('turn') === claim['turn'] &&
    attribute('leaseUntil') === claim['leaseUntil'] &&
    attribute('status') === 'pending'
  );
}

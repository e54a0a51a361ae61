import type { ClaimedDelivery, PendingDelivery } from '../../../domain/delivery-record.ts';
import type { DeliveryWrite } from '../../../domain/delivery-store.ts';
import type { UnixMillis } from '../../../domain/time.ts';
import type { DynamodbClient } from '../commands.ts';
import { type ConditionalUpdate, updateIf } from '../conditional-update.ts';
import { newToken } from '../new-token.ts';
import { putIfFree } from '../put-if-absent.ts';
import { deliveryItem, parseClaimed, parseDelivery, parseDeliveryOf } from './item.ts';
import { deliveryUpdates } from './updates.ts';

/**
 * The writes of the Deliveries table that their worker must know again: claims and deferrals.
 *
 * Each writes a `turn` that no other write has: a worker may have two tasks of one delivery. One whose answer was lost is made again, and refused by what it wrote itself: the
 * turn shows that it is done. Without it, one lost answer would make suspects of a whole batch, and two tasks of a delivery
 * that are deferred until the same millisecond would take each other's deferral for their own, again and again.
 */
export function dynamodbTurns(client: DynamodbClient, table: string) {
  const writes =
    <Args extends unknown[], After extends PendingDelivery>(
      updateFor: (...args: Args) => ConditionalUpdate,
      parseAfter: (item: unknown) => After,
    ) =>
    async (...args: Args): Promise<DeliveryWrite<After>> => {
      const update = updateFor(...args);
      const set = { ...update.set, turn: newToken() };
      const { ok, item } = await updateIf(client, table, { ...update, set });
      if (ok || isDone(set, item)) return { ok: true, delivery: parseAfter(item) };
      return { ok: false, delivery: item === undefined ? undefined : parseDelivery(item) };
    };

  return {
    async claimAnnounced(
      first: PendingDelivery,
      now: UnixMillis,
      leaseUntil: UnixMillis,
    ): Promise<DeliveryWrite<ClaimedDelivery>> {
      const claimed = { ...first, claims: first.claims + 1, leaseUntil };
      const turn = newToken();
      const existing = await putIfFree(client, table, { ...deliveryItem(claimed), turn }, now);
      if (existing === undefined) return { ok: true, delivery: claimed };
      return isDone({ leaseUntil, turn }, existing)
        ? { ok: true, delivery: parseClaimed(existing) }
        : { ok: false, delivery: parseDelivery(existing) };
    },
    claim: writes(deliveryUpdates.claim, parseClaimed),
    claimSuspect: writes(deliveryUpdates.claimSuspect, parseClaimed),
    defer: writes(deliveryUpdates.defer, parseDeliveryOf.pending),
  };
}

/** Whether the item stands as this very write left it: nothing has ended the claim or the wait. */
function isDone(written: Readonly<Record<string, unknown>>, item: unknown): boolean {
  const attribute = (name: string): unknown => Reflect.get(Object(item), name);
  const isAsWritten = (name: string): boolean => attribute(name) === written[name];
  return (
    attribute('status') === 'pending' &&
    ['turn', 'leaseUntil', 'nextAttemptAt'].filter((name) => name in written).every(isAsWritten)
  );
}

import { describe, expect, it } from 'vitest';
import { dueShardOf } from '../../../lambdas/domain/delivery-record.ts';
import type { DeliveryStore } from '../../../lambdas/domain/delivery-store.ts';
import type { DeliveryId } from '../../../lambdas/domain/ids.ts';
import { millis, toUnixSeconds, type UnixMillis } from '../../../lambdas/domain/time.ts';
import {
  asHeld,
  deliveriesFixture,
  entry,
  failed,
  instant,
  newDelivery,
  now,
  retrying,
  until,
} from './deliveries-fixture.ts';

const expiresAt = toUnixSeconds(instant(9_999));
const due = { ...retrying, nextAttemptAt: now };

/** Whether the sweep finds a delivery that is due by then. */
async function isFound(table: DeliveryStore, id: DeliveryId, by: UnixMillis): Promise<boolean> {
  let next: Record<string, unknown> | undefined;
  do {
    const page = await table.due(Number(dueShardOf(id)), by, next);
    if (page.ids.includes(id)) return true;
    next = page.next;
  } while (next !== undefined);
  return false;
}

/** What every Deliveries table must do about late writes. Each is refused for one reason only. */
export function staleWritesContract(name: string, make: () => Promise<DeliveryStore>): void {
  const { claimed } = deliveriesFixture(make);

  describe(`deliveries and late writes in ${name}`, () => {
    it('an attempt that is recorded is neither claimed nor deferred again, though its next attempt is due', async () => {
      const { table, id, claimed: seen } = await claimed();
      await table.record(seen, due);
      const wait = { waitsSince: now, isForEndpoint: false };
      const times = { ...wait, now, until: instant(100), dueAt: instant(220), extend: millis(0) };

      expect(await table.claim(id, 1, until)).toMatchObject({ ok: false, delivery: { attempts: 1 } });
      expect(await table.defer(id, 1, times)).toMatchObject({ ok: false, delivery: { attempts: 1 } });
      expect(await table.claim(id, 2, until)).toMatchObject({ ok: true });
    });

    it('a delivery that was held, discarded or delivered meanwhile is not recorded by its late worker', async () => {
      const [held, discarded, delivered] = [await claimed(), await claimed(), await claimed()];
      await held.table.hold(held.delivery, until.lease, instant(3600));
      await discarded.table.discard(discarded.delivery, 'x', until.lease, expiresAt);
      await delivered.table.recordLateSuccess(delivered.claimed, entry, expiresAt);

      for (const { table, claimed: seen } of [held, discarded, delivered])
        expect(await table.record(seen, retrying)).toMatchObject({ ok: false });
      expect(await held.table.read(held.id)).toMatchObject({ status: 'held', attempts: 0 });
    });

    it('a late success counts while a newer claim is pending, and while the delivery is held', async () => {
      const pending = await claimed();
      await pending.table.claimSuspect(pending.claimed, 1, instant(80), instant(160));
      const held = await claimed();
      await held.table.hold(held.delivery, until.lease, instant(3600));

      for (const { table, id, delivery, claimed: seen } of [pending, held]) {
        expect(await table.recordLateSuccess(seen, entry, expiresAt)).toMatchObject({
          ok: true,
          delivery: { status: 'delivered' },
        });
        expect(await isFound(table, id, instant(9_000))).toBe(false);
        expect(await table.heldOf({ tenant: delivery.tenant, id: delivery.endpointId }, 1000)).not.toContain(
          id,
        );
      }
    });

    it('a delivery that failed again in a later round is not reopened as it was in an earlier one', async () => {
      const { table, id, claimed: seen } = await claimed();
      const first = await table.record(seen, failed);
      if (!first.ok) throw new Error('not recorded');
      const reopen = () => table.reopen(first.delivery, expiresAt, now, now, 'gen_1');
      await reopen();
      const again = await table.claim(id, 2, until);
      if (again.ok) await table.record(again.delivery, { ...failed, attempts: 2 });

      expect(await reopen()).toMatchObject({ ok: false, delivery: { status: 'failed', round: 2 } });
    });

    it('a delivery that was delivered meanwhile is not reopened as a failed one', async () => {
      const { table, claimed: seen } = await claimed();
      const first = await table.record(seen, failed);
      if (!first.ok) throw new Error('not recorded');
      await table.recordLateSuccess(seen, entry, expiresAt);

      expect(await table.reopen(first.delivery, expiresAt, now, now, 'gen_1')).toMatchObject({
        ok: false,
        delivery: { status: 'delivered' },
      });
    });

    it('unfinished deliveries are found by the sweep: a retry, a replay, a held and a released one', async () => {
      const { table, id, delivery, claimed: seen } = await claimed();
      await table.record(seen, due);
      expect(await isFound(table, id, due.dueAt)).toBe(true);
      const again = await table.claim(id, 2, until);
      if (!again.ok) throw new Error('not claimed');
      const over = await table.record(again.delivery, { ...failed, attempts: 2 });
      if (!over.ok) throw new Error('not recorded');
      await table.clearDue(id, 1);
      expect(await isFound(table, id, instant(9_000))).toBe(false);

      await table.reopen(over.delivery, expiresAt, now, instant(300), 'gen_1');
      expect(await isFound(table, id, instant(300))).toBe(true);
      await table.hold(delivery, now, instant(3600));
      expect(await isFound(table, id, instant(3599))).toBe(false);
      expect(await isFound(table, id, instant(3600))).toBe(true);
      await table.release(asHeld(delivery), now, instant(350));
      expect(await isFound(table, id, instant(350))).toBe(true);
    });

    it('a delivery that is created held is found by its endpoint', async () => {
      const table = await make();
      const held = asHeld(newDelivery());
      await table.create(held);

      expect(await table.heldOf({ tenant: held.tenant, id: held.endpointId }, 1000)).toContain(held.id);
    });

    it('a released delivery begins with no wait, no crashes and no sweeps', async () => {
      const { table, id, delivery, claimed: seen } = await claimed();
      const suspect = await table.claimSuspect(seen, 1, instant(80), instant(160));
      await table.hold(delivery, instant(160), instant(3600));
      await table.moveDue({ id, dueAt: instant(3600) }, instant(9_000), 3, expiresAt);
      const released = await table.release(asHeld(delivery), now, instant(300));
      expect(released).toMatchObject({ ok: true, delivery: { crashes: 0, sweeps: 0 } });

      const claim = await table.claim(id, 1, until);
      if (!suspect.ok || !claim.ok) throw new Error('not claimed');
      const waiting = await table.record(claim.delivery, { ...retrying, attempts: 0 });
      expect(waiting).toMatchObject({ ok: true, delivery: { nextAttemptAt: retrying.nextAttemptAt } });
      await table.hold(delivery, now, instant(3600));
      const again = await table.release(asHeld(delivery), now, instant(300));
      expect(again.delivery).not.toHaveProperty('nextAttemptAt');
    });

    it('a replayed delivery begins with no crashes and no sweeps, and does not expire with the round before it', async () => {
      const { table, id, delivery, claimed: seen } = await claimed();
      await table.claimSuspect(seen, 1, instant(80), instant(160));
      await table.moveDue({ id, dueAt: delivery.dueAt }, instant(900), 3, expiresAt);
      const over = await table.discard(delivery, 'x', instant(160), toUnixSeconds(instant(999)));
      if (!over.ok) throw new Error('not discarded');

      expect(
        await table.reopen(over.delivery, expiresAt, instant(200), instant(500), undefined),
      ).toMatchObject({
        ok: true,
        delivery: { crashes: 0, sweeps: 0 },
      });
      expect(await table.create({ ...delivery, createdAt: instant(2_000) })).toMatchObject({ round: 2 });
    });

    it('a success leaves no error of the attempts before it', async () => {
      const { table, id, claimed: seen } = await claimed();
      await table.record(seen, due);
      const again = await table.claim(id, 2, until);
      if (!again.ok) throw new Error('not claimed');
      const { attemptLog, lastAttemptAt } = retrying;

      await table.record(again.delivery, {
        status: 'delivered',
        attempts: 2,
        attemptLog,
        lastAttemptAt,
        expiresAt,
      });

      expect(await table.read(id)).not.toHaveProperty('lastError');
    });

    it('a record ends the sweeps of a delivery', async () => {
      const { table, id, delivery, claimed: seen } = await claimed();
      await table.moveDue({ id, dueAt: delivery.dueAt }, instant(900), 3, expiresAt);

      expect(await table.record(seen, retrying)).toMatchObject({ ok: true, delivery: { sweeps: 0 } });
    });
  });
}

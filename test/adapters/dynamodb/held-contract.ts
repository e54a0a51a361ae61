import { describe, expect, it } from 'vitest';
import type { DeliveryStore } from '../../../lambdas/domain/delivery-store.ts';
import { millis, toUnixSeconds } from '../../../lambdas/domain/time.ts';
import {
  asHeld,
  deliveriesFixture,
  failed,
  instant,
  newDelivery,
  now,
  retrying,
  until,
} from './deliveries-fixture.ts';

const expiresAt = toUnixSeconds(instant(9_999));

/** What every Deliveries table must do about deliveries that wait: for a place, or for their endpoint. */
export function heldContract(name: string, make: () => Promise<DeliveryStore>): void {
  const { setUp, claimed } = deliveriesFixture(make);
  const times = {
    now,
    until: instant(100),
    dueAt: instant(220),
    extend: millis(100_000),
    waitsSince: now,
    isForEndpoint: false,
  };

  describe(`waiting deliveries in ${name}`, () => {
    it('deliveries are deferred once for one attempt, with a later deadline if one is given', async () => {
      const { table, delivery, id } = await setUp();

      expect(await table.defer(id, 1, times)).toMatchObject({
        ok: true,
        delivery: { nextAttemptAt: instant(100), dueAt: instant(220), deadline: instant(3700), claims: 0 },
      });
      expect(await table.defer(id, 1, times)).toMatchObject({ ok: false });
      const later = { now: instant(100), until: instant(150), dueAt: instant(270), extend: millis(0) };
      const again = { ...times, ...later };
      expect(await table.defer(id, 1, again)).toMatchObject({
        ok: true,
        delivery: { nextAttemptAt: instant(150), deadline: instant(3700) },
      });
      expect(delivery.deadline).toBe(instant(3600));
    });

    it('deliveries near their deadline are not deferred by a worker that has not read them', async () => {
      const { table, id } = await setUp();

      const refused = await table.defer(id, 1, { ...times, deadlineAfter: instant(3600) });
      expect(refused).toMatchObject({ ok: false, delivery: { deadline: instant(3600) } });
      expect(refused.delivery).not.toHaveProperty('nextAttemptAt');
      expect(await table.defer(id, 1, { ...times, deadlineAfter: instant(3599) })).toMatchObject({
        ok: true,
      });
    });

    it('deliveries that are deferred for their endpoint lose the mark of our own fault; those deferred for a slot keep it', async () => {
      const { table, id, claimed: seen } = await claimed();
      await table.record(seen, { ...retrying, attempts: 0, cause: 'unready', nextAttemptAt: now });

      const forTurn = await table.defer(id, 1, times);
      expect(forTurn).toMatchObject({ ok: true, delivery: { cause: 'unready' } });
      const again = { ...times, now: instant(100), until: instant(150), isForEndpoint: true };
      const forEndpoint = await table.defer(id, 1, again);

      expect(forEndpoint).toMatchObject({ ok: true, delivery: { nextAttemptAt: instant(150) } });
      expect(forEndpoint.delivery).not.toHaveProperty('cause');
    });

    it('deliveries get a new deadline only by a record that sets one', async () => {
      const { table, id, claimed: seen } = await claimed();
      const pending = { ...retrying, nextAttemptAt: now };

      expect(await table.record(seen, pending)).toMatchObject({ delivery: { deadline: instant(3600) } });
      const write = await table.claim(id, 2, until);
      if (!write.ok) throw new Error('not claimed');
      expect(
        await table.record(write.delivery, { ...pending, attempts: 2, deadline: instant(7200) }),
      ).toMatchObject({ ok: true, delivery: { deadline: instant(7200) } });
    });

    it('deliveries are not deferred while a worker has a lease', async () => {
      const { table, id } = await claimed();

      expect(await table.defer(id, 1, times)).toMatchObject({ ok: false, delivery: { status: 'pending' } });
    });

    it('deliveries are held unless a worker has a live lease, and are found by their endpoint, the oldest first', async () => {
      const { table, delivery, id } = await claimed();
      const endpoint = { tenant: delivery.tenant, id: delivery.endpointId };

      expect(await table.hold(delivery, now, instant(3600))).toMatchObject({ ok: false });
      expect(await table.hold(delivery, until.lease, instant(3600))).toMatchObject({
        ok: true,
        delivery: { status: 'held', heldAt: until.lease, dueAt: instant(3600), sweeps: 0 },
      });
      expect(await table.read(id)).not.toHaveProperty('leaseUntil');
      expect(await table.heldOf(endpoint, 1000)).toContain(id);
      expect((await table.countHeld(endpoint, 1000)).since).toBeLessThanOrEqual(delivery.createdAt);
      expect(await table.claim(id, 1, until)).toMatchObject({ ok: false, delivery: { status: 'held' } });
    });

    it('held deliveries are released once, with a new deadline', async () => {
      const { table, delivery, id } = await setUp();
      await table.hold(delivery, now, instant(3600));

      expect(await table.release(asHeld(delivery), instant(50), instant(350))).toMatchObject({
        ok: true,
        delivery: { status: 'pending', dueAt: instant(350), deadline: instant(3650), round: 1 },
      });
      expect(await table.release(asHeld(delivery), instant(50), instant(350))).toMatchObject({ ok: false });
      const released = await table.read(id);
      expect(released).not.toHaveProperty('heldAt');
      const endpoint = { tenant: delivery.tenant, id: delivery.endpointId };
      expect(await table.heldOf(endpoint, 1000)).not.toContain(id);
    });

    it('deliveries are discarded if they are held, or pending without a lease', async () => {
      const held = await setUp();
      await held.table.hold(held.delivery, now, instant(3600));
      const leased = await claimed();

      const discard = ({ table, delivery }: typeof held) =>
        table.discard(delivery, 'its endpoint was deleted', now, expiresAt);
      expect(await discard(held)).toMatchObject({
        ok: true,
        delivery: { status: 'discarded', lastError: 'its endpoint was deleted', expiresAt },
      });
      expect(await held.table.read(held.id)).not.toHaveProperty('dueAt');
      expect(await discard(held)).toMatchObject({ ok: false });
      expect(await discard(leased)).toMatchObject({
        ok: false,
        delivery: { status: 'pending' },
      });
    });

    it('deliveries are not discarded if they are for another generation than expected', async () => {
      const table = await make();
      const delivery = { ...newDelivery(), generation: 'gen_2' };
      await table.create(delivery);
      const discard = (generation?: string) =>
        table.discard({ ...delivery, generation }, 'x', now, expiresAt);

      expect(await discard('gen_1')).toMatchObject({ ok: false, delivery: { status: 'pending' } });
      expect(await discard()).toMatchObject({ ok: false, delivery: { status: 'pending' } });
      expect(await discard('gen_2')).toMatchObject({ ok: true, delivery: { status: 'discarded' } });
    });

    it('deliveries are not held, released or discarded after they have ended', async () => {
      const { table, delivery, claimed: seen } = await claimed();
      await table.record(seen, failed);

      expect(await table.hold(delivery, until.lease, instant(3600))).toMatchObject({ ok: false });
      expect(await table.release(asHeld(delivery), now, now)).toMatchObject({ ok: false });
      expect(await table.discard(delivery, 'x', now, expiresAt)).toMatchObject({ ok: false });
    });
  });
}

import { describe, expect, it } from 'vitest';
import type { DeliveryStore } from '../../../lambdas/domain/delivery-store.ts';
import { millis, toUnixSeconds } from '../../../lambdas/domain/time.ts';
import { throwIt } from '../../support/fixtures/throw-it.ts';
import {
  deliveriesFixture,
  entry,
  instant,
  newDelivery,
  now,
  retrying,
  until,
} from './deliveries-fixture.ts';

/** What every Deliveries table must do about deliveries before their first failure, which only a manifest names. */
export function firstAttemptsContract(name: string, make: () => Promise<DeliveryStore>): void {
  const { claimed } = deliveriesFixture(make);

  describe(`deliveries before their first failure in ${name}`, () => {
    it('deliveries without a due time are created, claimed and ended without one', async () => {
      const table = await make();
      const { dueAt: _, ...delivery } = newDelivery();
      await table.create(delivery);

      const claim = await table.claim(delivery.id, 1, until);
      expect(claim.delivery).not.toHaveProperty('dueAt');
      if (!claim.ok) throw new Error('not claimed');
      const expiresAt = toUnixSeconds(instant(5));
      const record = { status: 'delivered' as const, attempts: 1, attemptLog: [entry], expiresAt };
      expect((await table.record(claim.delivery, record)).delivery).not.toHaveProperty('dueAt');
    });

    it('announced deliveries are made by their first claim, once', async () => {
      const table = await make();
      const { dueAt: _, ...first } = newDelivery();

      expect(await table.claimAnnounced(first, now, until.lease)).toMatchObject({
        ok: true,
        delivery: { ...first, claims: 1, leaseUntil: until.lease },
      });
      expect(await table.claimAnnounced(first, now, until.lease)).toMatchObject({
        ok: false,
        delivery: { id: first.id, claims: 1 },
      });
      expect(await table.read(first.id)).toMatchObject({ status: 'pending', claims: 1, round: 1 });
    });

    it('announced deliveries are not made where there is a record, unless it has expired', async () => {
      const table = await make();
      const { dueAt: _, ...first } = newDelivery();
      const expiresAt = toUnixSeconds(instant(60));
      await table.create({ ...first, status: 'delivered', expiresAt });

      expect(await table.claimAnnounced(first, now, until.lease)).toMatchObject({
        ok: false,
        delivery: { status: 'delivered' },
      });
      expect(await table.claimAnnounced(first, instant(60), instant(140))).toMatchObject({ ok: true });
    });

    it('deliveries without a due time have one after a failed attempt, and after a wait', async () => {
      const table = await make();
      const [{ dueAt: _, ...tried }, { dueAt: __, ...waiting }] = [newDelivery(), newDelivery()];
      await Promise.all([tried, waiting].map((delivery) => table.create(delivery)));
      const claim = await table.claim(tried.id, 1, until);
      if (!claim.ok) throw new Error('not claimed');

      expect(await table.record(claim.delivery, retrying)).toMatchObject({
        delivery: { dueAt: retrying.dueAt },
      });
      const until10 = { now, until: instant(10), dueAt: instant(130), extend: millis(0) };
      const times = { ...until10, waitsSince: now, isForEndpoint: false };
      expect(await table.defer(waiting.id, 1, times)).toMatchObject({
        delivery: { dueAt: instant(130) },
      });
    });

    it('deliveries are looked at by their ids, in part, and those that do not exist are left out', async () => {
      const { table, id, claimed: seen } = await claimed();
      const missing = newDelivery().id;

      for (const isConsistent of [true, false]) {
        const [standing, ...others] = await table.standings([id, missing], isConsistent, throwIt);
        expect(others).toEqual([]);
        expect(standing).toMatchObject({
          id,
          status: 'pending',
          attempts: 0,
          claims: 1,
          leaseUntil: seen.leaseUntil,
        });
        expect(standing).not.toHaveProperty('attemptLog');
      }
      expect(await table.standings([], true, throwIt)).toEqual([]);
    });
  });
}

import { describe, expect, it } from 'vitest';
import type { DeliveryStore } from '../../../lambdas/domain/delivery-store.ts';
import { asDeliveryId } from '../../../lambdas/domain/ids.ts';
import { toUnixSeconds, unixSeconds } from '../../../lambdas/domain/time.ts';
import { deliveriesFixture, entry, failed, instant, now, retrying, until } from './deliveries-fixture.ts';
import { dueIndexContract } from './due-index-contract.ts';
import { firstAttemptsContract } from './first-attempts-contract.ts';
import { heldContract } from './held-contract.ts';
import { staleWritesContract } from './stale-writes-contract.ts';
import { waitingContract } from './waiting-contract.ts';

/** What every Deliveries table must do. @param make each call may share one table */
export function deliveriesContract(name: string, make: () => Promise<DeliveryStore>): void {
  const { setUp, claimed } = deliveriesFixture(make);

  describe(`deliveries in ${name}`, () => {
    it('deliveries are created once, and read as they were written', async () => {
      const { table, delivery } = await setUp();

      expect(await table.create({ ...delivery, url: 'https://other.example/' })).toEqual(delivery);
      expect(await table.read(delivery.id)).toEqual(delivery);
      expect(await table.read(asDeliveryId('nobody'))).toBeUndefined();
    });

    it('deliveries can be created again past their retention, even if the table’s TTL has not removed them yet', async () => {
      const { table, delivery, claimed: seen } = await claimed();
      await table.record(seen, { ...failed, expiresAt: unixSeconds(now / 1000 + 10) });

      expect(await table.create({ ...delivery, createdAt: instant(9) })).toMatchObject({ status: 'failed' });
      expect(await table.create({ ...delivery, createdAt: instant(10) })).toBeUndefined();
      expect(await table.read(delivery.id)).toMatchObject({ status: 'pending', createdAt: instant(10) });
    });

    it('deliveries are claimed by one worker, with a fencing token that rises', async () => {
      const { table, id, claimed: first } = await claimed();

      expect(first).toMatchObject({ claims: 1, crashes: 0, leaseUntil: instant(80) });
      expect(await table.claim(id, 1, until)).toMatchObject({ ok: false, delivery: { claims: 1 } });
    });

    it('deliveries refuse a claim if they do not exist, are recorded, are due later, or have ended', async () => {
      const { table, id, claimed: seen } = await claimed();
      expect(await table.claim(asDeliveryId('nobody'), 1, until)).toEqual({ ok: false, delivery: undefined });

      await table.record(seen, retrying);
      expect(await table.claim(id, 1, until)).toMatchObject({ ok: false, delivery: { attempts: 1 } });
      expect(await table.claim(id, 2, until)).toMatchObject({ ok: false });
      const later = await table.claim(id, 2, { soon: instant(600), lease: instant(700) });
      expect(later).toMatchObject({ ok: true, delivery: { claims: 2 } });
      if (later.ok) await table.record(later.delivery, failed);
      expect(await table.claim(id, 3, { soon: instant(900), lease: instant(999) })).toMatchObject({
        ok: false,
        delivery: { status: 'failed' },
      });
    });

    it('deliveries are claimed from a dead worker when its lease is over, by one worker only, and the crash counts', async () => {
      const { table, claimed: seen } = await claimed();

      expect(await table.claimSuspect(seen, 1, instant(79), instant(160))).toMatchObject({ ok: false });
      expect(await table.claimSuspect(seen, 1, instant(80), instant(160))).toMatchObject({
        ok: true,
        delivery: { claims: 2, crashes: 1, leaseUntil: instant(160) },
      });
      expect(await table.claimSuspect(seen, 1, instant(200), instant(300))).toMatchObject({ ok: false });
    });

    it('deliveries are recorded under the fence only: log and times change, and lease, crashes and sweeps end', async () => {
      const { table, id, claimed: seen } = await claimed();
      const suspect = await table.claimSuspect(seen, 1, instant(80), instant(160));
      if (!suspect.ok) throw new Error('not claimed');

      expect(await table.record(seen, retrying)).toMatchObject({ ok: false, delivery: { claims: 2 } });
      expect(await table.record({ ...suspect.delivery, round: 2 }, retrying)).toMatchObject({ ok: false });
      expect(await table.record(suspect.delivery, retrying)).toMatchObject({ ok: true });
      const recorded = await table.read(id);
      expect(recorded).toMatchObject({ ...retrying, claims: 2, crashes: 0, sweeps: 0 });
      expect(recorded).not.toHaveProperty('leaseUntil');
      expect(recorded).not.toHaveProperty('expiresAt');
    });

    it('deliveries note that their failure in a round is counted', async () => {
      const { table, id, claimed: seen } = await claimed();
      expect(await table.noteCounted(id, 1)).toMatchObject({ ok: false });
      await table.record(seen, failed);

      expect(await table.noteCounted(id, 2)).toMatchObject({ ok: false });
      expect(await table.noteCounted(id, 1)).toMatchObject({ ok: true, delivery: { countedRound: 1 } });
      expect(await table.read(id)).toMatchObject({ countedRound: 1, dueAt: now });
    });

    it('deliveries accept a late success within their round despite the fence, and keep what others recorded', async () => {
      const { table, id, claimed: seen } = await claimed();
      const suspect = await table.claimSuspect(seen, 1, instant(80), instant(160));
      if (suspect.ok) await table.record(suspect.delivery, failed);

      expect(await table.recordLateSuccess({ ...seen, round: 2 }, entry, toUnixSeconds(now))).toMatchObject({
        ok: false,
      });
      expect(await table.recordLateSuccess(seen, entry, toUnixSeconds(instant(5)))).toMatchObject({
        ok: true,
      });
      const recorded = await table.read(id);
      expect(recorded).toMatchObject({
        status: 'delivered',
        attempts: 1,
        expiresAt: toUnixSeconds(instant(5)),
        attemptLog: [...failed.attemptLog, entry],
      });
      expect(recorded).not.toHaveProperty('dueAt');
      expect(await table.recordLateSuccess(seen, entry, toUnixSeconds(now))).toMatchObject({ ok: false });
    });
  });

  firstAttemptsContract(name, make);
  dueIndexContract(name, make);
  heldContract(name, make);
  waitingContract(name, make);
  staleWritesContract(name, make);
}

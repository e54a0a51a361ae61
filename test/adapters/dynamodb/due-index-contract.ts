import { describe, expect, it } from 'vitest';
import { dueShardOf } from '../../../lambdas/domain/delivery-record.ts';
import type { DeliveryStore } from '../../../lambdas/domain/delivery-store.ts';
import { asDeliveryId, type DeliveryId } from '../../../lambdas/domain/ids.ts';
import { toUnixSeconds, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';
import { deliveriesFixture, failed, instant, newDelivery, now } from './deliveries-fixture.ts';

const eventExpiresAt = toUnixSeconds(instant(5_000_000));

/** What every Deliveries table must do about the due index and about replays, which enter it again. */
export function dueIndexContract(name: string, make: () => Promise<DeliveryStore>): void {
  const { setUp, claimed } = deliveriesFixture(make);

  describe(`overdue and replayed deliveries in ${name}`, () => {
    it('overdue deliveries are moved in the due index by one sweep only', async () => {
      const { table, id } = await setUp();
      const seen = { id, dueAt: instant(300) };

      expect(await table.moveDue(seen, instant(900), 1, eventExpiresAt)).toMatchObject({
        ok: true,
        delivery: { dueAt: instant(900), sweeps: 1, eventExpiresAt },
      });
      expect(await table.moveDue(seen, instant(900), 1, eventExpiresAt)).toMatchObject({ ok: false });
    });

    it('ended deliveries leave the due index, unless another round has begun', async () => {
      const { table, id, claimed: seen } = await claimed();
      expect(await table.clearDue(id, 1)).toMatchObject({ ok: false });
      await table.record(seen, failed);
      expect(await table.clearDue(id, 2)).toMatchObject({ ok: false });

      expect(await table.clearDue(id, 1)).toMatchObject({ ok: true });
      expect(await table.read(id)).not.toHaveProperty('dueAt');
    });

    it('replayed deliveries are reopened once, with a new round and without expiry', async () => {
      const { table, id, claimed: seen } = await claimed();
      const write = await table.record(seen, failed);
      if (!write.ok) throw new Error('not recorded');

      expect(
        await table.reopen(write.delivery, eventExpiresAt, instant(50), instant(350), 'gen_2'),
      ).toMatchObject({
        ok: true,
      });
      expect(
        await table.reopen(write.delivery, eventExpiresAt, instant(50), instant(350), 'gen_2'),
      ).toMatchObject({
        ok: false,
      });
      const reopened = await table.read(id);
      expect(reopened).toMatchObject({
        status: 'pending',
        round: 2,
        attempts: 1,
        attemptsBefore: 1,
        crashes: 0,
        claims: 1,
        deadline: instant(3650),
        dueAt: instant(350),
        eventExpiresAt,
        generation: 'gen_2',
      });
      expect(reopened).not.toHaveProperty('expiresAt');
    });

    it('overdue deliveries are found in the due index in pages, the longest overdue first', async () => {
      const table = await make();
      const shard = 3;
      const made = Array.from({ length: 500 }, newDelivery)
        .filter(({ id }) => dueShardOf(id) === String(shard))
        .map((delivery, index) => ({ ...delivery, dueAt: unixMillis(1000 + index) }));
      for (const delivery of made) await table.create(delivery);
      const mine = made.map(({ id }) => id);
      const foundUntil = async (time: UnixMillis) => {
        const found: DeliveryId[] = [];
        let next: Record<string, unknown> | undefined;
        do {
          const page = await table.due(shard, time, next);
          found.push(...page.ids);
          next = page.next;
        } while (next !== undefined);
        return found.filter((id) => mine.includes(id));
      };

      expect(await foundUntil(unixMillis(999))).toEqual([]);
      expect(await foundUntil(unixMillis(2000))).toEqual(mine);
      await table.moveDue(made[0] ?? { id: asDeliveryId(''), dueAt: now }, instant(900), 1, eventExpiresAt);
      expect(await foundUntil(unixMillis(2000))).toEqual(mine.slice(1));
    });
  });
}

import { describe, expect, it } from 'vitest';
import type { PendingDelivery } from '../../../lambdas/domain/delivery-record.ts';
import type { DeliveryStore } from '../../../lambdas/domain/delivery-store.ts';
import { asEndpointId, asEventId, asTenantId, type DeliveryId } from '../../../lambdas/domain/ids.ts';
import { millis, unixMillis } from '../../../lambdas/domain/time.ts';
import { deliveryIdOf } from '../../support/fixtures/ids.ts';
import { failed, instant, newDelivery, now, retrying, until } from './deliveries-fixture.ts';

/** What every Deliveries table must do about deliveries that wait for their next attempt. */
export function waitingContract(name: string, make: () => Promise<DeliveryStore>): void {
  /** Deliveries of a new endpoint. */
  const setUp = async () => {
    const table = await make();
    const tenant = asTenantId(crypto.randomUUID());
    const endpoint = { tenant, id: asEndpointId('prod') };
    const add = async (more: Partial<PendingDelivery> = {}): Promise<PendingDelivery> => {
      const { url: _, ...made } = newDelivery();
      const eventId = asEventId(crypto.randomUUID());
      const delivery = { ...made, tenant, eventId, id: deliveryIdOf(tenant, eventId, 'prod'), ...more };
      await table.create(delivery);
      return delivery;
    };
    const defer = (id: DeliveryId, since: number, from = 0, isForEndpoint = true) =>
      table.defer(id, 1, {
        now: instant(from),
        until: instant(from + 100),
        dueAt: instant(from + 220),
        extend: millis(0),
        waitsSince: instant(since),
        isForEndpoint,
      });
    const count = () => table.countWaiting(endpoint, 1000);
    return { table, endpoint, add, defer, count };
  };

  describe(`deliveries that wait for their next attempt in ${name}`, () => {
    it('waiting deliveries are found by their endpoint, the longest wait first, up to a time, and counted', async () => {
      const { table, endpoint, add, defer, count } = await setUp();
      const all: PendingDelivery[] = [];
      for (let nth = 0; nth < 9; nth++) all.push(await add());
      for (const [nth, { id }] of all.entries()) await defer(id, 9 - nth);
      const ids = all.map(({ id }) => id).toReversed();

      expect(await table.waitingOf(endpoint, instant(9), 1000)).toEqual(ids);
      expect(await table.waitingOf(endpoint, instant(4), 1000)).toEqual(ids.slice(0, 4));
      expect(await table.waitingOf(endpoint, unixMillis(instant(4) - 1), 1000)).toEqual(ids.slice(0, 3));
      expect(await table.waitingOf(endpoint, instant(9), 2)).toEqual(ids.slice(0, 2));
      expect(await table.waitingOf({ ...endpoint, id: asEndpointId('other') }, instant(9), 1000)).toEqual([]);
      expect(await count()).toEqual({ count: 9, isExact: true, since: instant(1) });
      const some = await table.countWaiting(endpoint, 1);
      expect(some.isExact).toBe(false);
      expect(some.count).toBeLessThan(9);
    });

    it('waiting deliveries are those with a recorded retry, and those deferred for their endpoint or its limits', async () => {
      const { table, add, defer, count } = await setUp();
      const [retried, deferred, paced] = [await add(), await add(), await add()];
      const claim = await table.claim(retried.id, 1, until);
      if (claim.ok) await table.record(claim.delivery, { ...retrying, waitsSince: instant(1) });

      await defer(deferred.id, 2);
      await defer(paced.id, 3, 0, false);

      expect(await table.read(retried.id)).toMatchObject({ waitsSince: instant(1) });
      expect(await table.read(deferred.id)).toMatchObject({ waitsSince: instant(2) });
      expect(await table.read(paced.id)).toMatchObject({ waitsSince: instant(3) });
      expect(await count()).toMatchObject({ count: 3 });
    });

    it('waiting deliveries have waited since their first deferral', async () => {
      const { table, add, defer } = await setUp();
      const { id } = await add();
      await defer(id, 2);

      await defer(id, 150, 150);
      expect(await table.read(id)).toMatchObject({ waitsSince: instant(2), nextAttemptAt: instant(250) });
      await defer(id, 300, 300, false);
      expect(await table.read(id)).toMatchObject({ waitsSince: instant(2), nextAttemptAt: instant(400) });
    });

    it('waiting deliveries no longer wait when they are claimed, held, discarded or ended', async () => {
      const { table, add, defer, count } = await setUp();
      const all = [await add(), await add(), await add(), await add()] as const;
      for (const { id } of all) await defer(id, 1);
      const [claimed, held, discarded, over] = all;

      await table.claim(claimed.id, 1, { soon: instant(100), lease: instant(180) });
      await table.hold(held, now, instant(3600));
      await table.discard(discarded, 'x', now, failed.expiresAt);
      await table.recordLateSuccess(
        { ...over, claims: 0 },
        { n: 1, at: now, ms: 1, status: 200 },
        failed.expiresAt,
      );

      for (const { id } of all)
        expect(await table.read(id)).not.toMatchObject({ waitsSince: expect.anything() });
      expect(await count()).toEqual({ count: 0, isExact: true });
    });

    it('waiting deliveries are released once, if they are as expected, unless a worker claims them first', async () => {
      const { table, add, defer, count } = await setUp();
      const { id } = await add({ sweeps: 3 });
      const write = await defer(id, 1);
      if (!write.ok) throw new Error('not put off');

      expect(
        await table.endWait({ ...write.delivery, nextAttemptAt: instant(99) }, instant(300)),
      ).toMatchObject({
        ok: false,
      });
      const gone = await table.endWait(write.delivery, instant(300));
      expect(gone).toMatchObject({
        ok: true,
        delivery: { status: 'pending', dueAt: instant(300), sweeps: 0 },
      });
      expect(gone.delivery).not.toMatchObject({ nextAttemptAt: expect.anything() });
      expect(gone.delivery).not.toMatchObject({ waitsSince: expect.anything() });
      expect(await table.endWait(write.delivery, instant(300))).toMatchObject({ ok: false });
      expect(await count()).toMatchObject({ count: 0 });
      expect(await table.claim(id, 1, { soon: now, lease: instant(80) })).toMatchObject({ ok: true });

      const other = await add();
      const seen = await defer(other.id, 1);
      await table.claim(other.id, 1, { soon: instant(100), lease: instant(180) });
      if (seen.ok) expect(await table.endWait(seen.delivery, instant(300))).toMatchObject({ ok: false });
    });

    it('waiting deliveries to a URL that is not registered are not listed, because it cannot be reset', async () => {
      const { table, endpoint, add, defer } = await setUp();
      const { id } = await add({ url: 'https://acme.example/hooks' });
      await defer(id, 1);

      expect(await table.waitingOf(endpoint, instant(9), 1000)).toEqual([]);
    });
  });
}

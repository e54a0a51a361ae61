import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../lambdas/domain/delivery-record.ts';
import type { DeliveryStore } from '../../../lambdas/domain/delivery-store.ts';
import { asEndpointId, asTenantId, type EndpointId, type TenantId } from '../../../lambdas/domain/ids.ts';
import { type UnixMillis, unixMillis, utcDay } from '../../../lambdas/domain/time.ts';
import { beforeInstant, listDeliveries } from '../../../lambdas/management/list-deliveries.ts';
import { estimateFailed } from '../../../lambdas/outbound/sweep/estimate-failed.ts';
import { deliveryIdOf } from '../../support/fixtures/ids.ts';
import { newDelivery, now, withStatus } from './deliveries-fixture.ts';

const hours = (count: number): UnixMillis => unixMillis(now - count * 3_600_000);

/** The endpoint that all of them are for. */
const endpointOf = ({ endpoint }: { endpoint: { tenant: TenantId; endpointId: EndpointId } }) => ({
  tenant: endpoint.tenant,
  id: endpoint.endpointId,
  createdAt: unixMillis(0),
});

const telemetry = { info: () => undefined, error: () => expect.unreachable() };

/** What every index by endpoint must do. @param make each call may share one table */
export function listedContract(name: string, make: () => Promise<DeliveryStore>): void {
  /** Seven deliveries of one endpoint, over three days; one of another. */
  const setUp = async () => {
    const table = await make();
    const tenant = asTenantId(crypto.randomUUID());
    const made = await Promise.all(
      [0, 1, 2, 20, 30, 45, 50].map((age) =>
        create(table, {
          tenant,
          endpointId: asEndpointId('ep_1'),
          age,
          status: age === 30 ? 'failed' : 'delivered',
        }),
      ),
    );
    await create(table, { tenant, endpointId: asEndpointId('ep_2'), age: 1, status: 'failed' });
    const endpoint = { tenant, endpointId: asEndpointId('ep_1') };
    const ports = { hasTime: () => true, deliveries: table, telemetry };
    return { table, made, wanted: { endpoint, since: hours(100), before: beforeInstant(now) }, ports };
  };

  describe(`the deliveries of an endpoint in ${name}`, () => {
    it('the deliveries of an endpoint are listed, the newest first, over the days, page by page', async () => {
      const { made, wanted, ports } = await setUp();
      const found: string[] = [];
      let { before } = wanted;
      for (let pages = 0; pages < 10; pages++) {
        const page = await listDeliveries({ ...wanted, before, limit: 2 }, ports);
        found.push(...page.deliveries.map(({ id }) => id));
        if (page.next === undefined) break;
        before = page.next;
      }

      expect(found).toEqual(made.map(({ id }) => id));
    });

    it('the deliveries of an endpoint are listed by status, and from a given time on', async () => {
      const { made, wanted, ports } = await setUp();

      const failed = await listDeliveries({ ...wanted, status: 'failed', limit: 5 }, ports);
      const late = await listDeliveries({ ...wanted, since: hours(25), limit: 50 }, ports);

      expect(failed.deliveries.map(({ id }) => id)).toEqual([made[4]?.id]);
      expect(late.deliveries.map(({ id }) => id)).toEqual(made.slice(0, 4).map(({ id }) => id));
      expect(late.next).toBeUndefined();
    });

    it('the deliveries of an endpoint are listed once each, even if a full page of a day has some with another status', async () => {
      const table = await make();
      const tenant = asTenantId(crypto.randomUUID());
      const made: Delivery[] = [];
      for (const [age, status] of (['failed', 'failed', 'delivered', 'failed'] as const).entries())
        made.push(await create(table, { tenant, endpointId: asEndpointId('ep_1'), age, status }));
      const wanted = {
        endpoint: { tenant, endpointId: asEndpointId('ep_1') },
        since: hours(9),
        before: beforeInstant(now),
      };

      const page = await listDeliveries(
        { ...wanted, status: 'failed', limit: 3 },
        { hasTime: () => true, deliveries: table, telemetry },
      );

      const failed = made.filter(({ status }) => status === 'failed').map(({ id }) => id);
      expect(page.deliveries.map(({ id }) => id)).toEqual(failed);
    });

    it('the deliveries of an endpoint are an empty list for a span that ends before it begins', async () => {
      const { made, wanted, ports } = await setUp();
      const [, , third] = made;
      const between = (since: UnixMillis, before: string) =>
        listDeliveries({ ...wanted, since, before, limit: 5 }, ports);

      expect(await between(hours(0), beforeInstant(hours(1)))).toEqual({ deliveries: [] });
      expect(await between(hours(-24), beforeInstant(now))).toEqual({ deliveries: [] });
      const instant = await between(hours(2), beforeInstant(hours(2)));
      expect(instant.deliveries.map(({ id }) => id)).toEqual([third?.id]);
    });

    it('the deliveries of an endpoint are an empty list between reversed bounds', async () => {
      const { table, wanted } = await setUp();
      const place = { day: utcDay(now), shard: 0 };
      const [early, late] = [beforeInstant(hours(2)), beforeInstant(now)];

      expect(await table.newest(wanted.endpoint, place, { from: late, before: early }, 5)).toEqual([]);
      const reversed = { above: late, below: early, order: 'newest first' } as const;
      expect(await table.stopped(wanted.endpoint, ['failed'], reversed, 5)).toEqual({ keys: [] });
    });

    it('the deliveries of an endpoint are counted up to the last possible day', async () => {
      const { table, wanted } = await setUp();
      const last = unixMillis(Date.UTC(9999, 11, 31));

      expect(
        await estimateFailed(endpointOf(wanted), { since: last, until: last }, () => true, table),
      ).toEqual({
        count: 0,
        isExact: true,
        ofEarlierEndpoint: 0,
      });
    });

    it('the deliveries of an endpoint are a short page with a next one when time runs out', async () => {
      const { wanted, ports } = await setUp();

      const page = await listDeliveries({ ...wanted, limit: 5 }, { ...ports, hasTime: () => false });

      expect(page).toEqual({ deliveries: [], next: wanted.before });
    });

    it('the failed deliveries of an endpoint are counted', async () => {
      const { table, wanted } = await setUp();
      const count = (hasTime: () => boolean) =>
        estimateFailed(endpointOf(wanted), { since: hours(100), until: now }, hasTime, table);

      expect(await count(() => true)).toMatchObject({ count: 1, isExact: true });
      expect(await count(() => false)).toMatchObject({ count: 0, isExact: false });
    });
  });
}

async function create(
  table: DeliveryStore,
  {
    age,
    status,
    ...more
  }: Pick<Delivery, 'tenant' | 'endpointId' | 'status'> & { /** Hours. */ readonly age: number },
): Promise<Delivery> {
  const base = newDelivery();
  const id = deliveryIdOf(more.tenant, base.eventId, more.endpointId);
  const delivery = withStatus({ ...base, ...more, id, createdAt: hours(age) }, status);
  await table.create(delivery);
  return delivery;
}

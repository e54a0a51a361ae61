import { expect, it } from 'vitest';
import type { Delivery } from '../../../lambdas/domain/delivery-record.ts';
import type { DeliveryStore } from '../../../lambdas/domain/delivery-store.ts';
import { asDeliveryId } from '../../../lambdas/domain/ids.ts';
import { days, later } from '../../../lambdas/domain/time.ts';
import { estimateFailed } from '../../../lambdas/outbound/sweep/estimate-failed.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { refused, start } from '../../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';

const span = { since: start, until: later(start, days(1)) };

async function failedDelivery(): Promise<Delivery> {
  const { world } = await worldWithOneEndpoint(() => refused(404));
  await world.publish({ id: 'a', type: 'invoice.paid', tenant: 'acme', data: {} });
  await world.deliverOnce();
  const [delivery] = [...world.table.deliveries.values()];
  const read = delivery && (await world.table.read(delivery.id));
  if (read === undefined) throw new Error('λ publish made no delivery');
  return read;
}

/** A store with pages of such deliveries; `malformed` stands for one that cannot be read. */
function pagesOf(...pages: readonly (readonly (Delivery | 'malformed')[])[]) {
  const asked: unknown[] = [];
  const all = pages.map((page, n) =>
    page.map((delivery, nth) => ({ id: asDeliveryId(`${n}.${nth}`), delivery })),
  );
  const store: Pick<DeliveryStore, 'stopped' | 'readAll'> = {
    async stopped(of, statuses, { above }) {
      asked.push({ of, statuses });
      const n = above.startsWith('after ') ? Number(above.slice('after '.length)) : 0;
      const keys = (all[n] ?? []).map(({ id }) => ({ id, listedAt: `${id}` }));
      return { keys, next: n + 1 < all.length ? `after ${n + 1}` : undefined };
    },
    async readAll(ids, onMalformed) {
      const found = all.flat().filter(({ id }) => ids.includes(id));
      return found.flatMap(({ delivery }) => {
        if (delivery !== 'malformed') return [delivery];
        onMalformed(new Error('malformed'));
        return [];
      });
    },
  };
  return { store, asked };
}

const endpoint = newEndpoint(start);
const always = () => true;

it('an estimate counts what failed, page by page, of its endpoint only', async () => {
  const failed = await failedDelivery();
  const { store, asked } = pagesOf([failed, failed], [failed]);

  expect(await estimateFailed(endpoint, span, always, store)).toEqual({
    count: 3,
    isExact: true,
    ofEarlierEndpoint: 0,
  });
  expect(asked[0]).toEqual({ of: { tenant: 'acme', endpointId: 'ep_1' }, statuses: ['failed'] });
});

it('an estimate is not exact when time runs out, or when a delivery cannot be read', async () => {
  const failed = await failedDelivery();
  const { store } = pagesOf([failed], [failed]);
  const turns = [true, false];

  expect(await estimateFailed(endpoint, span, () => turns.shift() ?? false, store)).toMatchObject({
    count: 1,
    isExact: false,
  });
  expect(await estimateFailed(endpoint, span, always, pagesOf([failed, 'malformed']).store)).toMatchObject({
    count: 1,
    isExact: false,
  });
});

it('an estimate counts apart what was for an earlier endpoint, unless the current one gets it', async () => {
  const failed = await failedDelivery();
  const earlier = { ...failed, generation: 'earlier' };
  const { store } = pagesOf([failed, earlier, earlier]);

  expect(await estimateFailed(endpoint, span, always, store)).toMatchObject({
    count: 1,
    ofEarlierEndpoint: 2,
  });
  expect(await estimateFailed(endpoint, span, always, store, { toCurrentEndpoint: true })).toMatchObject({
    count: 3,
    ofEarlierEndpoint: 0,
  });
});

it('an estimate counts no success that the index still lists', async () => {
  const failed = await failedDelivery();
  const delivered = { ...failed, status: 'delivered' } as Delivery;

  expect(await estimateFailed(endpoint, span, always, pagesOf([failed, delivered]).store)).toMatchObject({
    count: 1,
  });
});

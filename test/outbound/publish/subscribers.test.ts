import { describe, expect, it } from 'vitest';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { later, seconds } from '../../../lambdas/domain/time.ts';
import { subscriberCache } from '../../../lambdas/outbound/publish/subscribers.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { start } from '../../support/fixtures/outbound.ts';
import { outboundTables } from '../../support/worlds/outbound-tables.ts';

const acme = asTenantId('acme');
const noEndpoint = newEndpoint(start, { id: asEndpointId('none') });

/** A process that publishes, and the endpoints that another one changes. */
function publisher(most?: number) {
  const clock = { now: start };
  const { stores } = outboundTables(() => clock.now);
  const reads = { pages: 0, changes: 0 };
  const endpoints = {
    changes: (...args: Parameters<typeof stores.endpoints.changes>) => {
      reads.changes++;
      return stores.endpoints.changes(...args);
    },
    page: (...args: Parameters<typeof stores.endpoints.page>) => {
      reads.pages++;
      return stores.endpoints.page(...args);
    },
  };
  const cache = subscriberCache(most);
  const ports = { endpoints, now: () => clock.now };
  const forBatch = () => cache.forBatch(ports);
  const create = (id: string, eventTypes: readonly string[] = ['*'], tenant = acme) =>
    stores.endpoints.create(newEndpoint(start, { id: asEndpointId(id), eventTypes, tenant }));
  const find = async (eventType: string, tenant = acme) =>
    (await forBatch()(tenant, eventType))?.map(({ id }) => id);
  return { stores, forBatch, clock, reads, create, find };
}

describe('the subscribers of a tenant', () => {
  it('subscribers are those whose patterns match the type', async () => {
    const { create, find } = publisher();
    await create('all');
    await create('invoices', ['invoice.*']);
    await create('orders', ['order.made']);

    expect(await find('invoice.paid')).toEqual(['all', 'invoices']);
    expect(await find('order.made')).toEqual(['all', 'orders']);
    expect(await find('x', asTenantId('other'))).toEqual([]);
  });

  it('subscribers are read once, however many events there are', async () => {
    const { create, find, reads } = publisher();
    await create('all');
    for (let event = 0; event < 5; event++) await find('invoice.paid');

    expect(reads).toEqual({ pages: 1, changes: 5 });
  });

  it('a batch asks once for the changes of each tenant', async () => {
    const { forBatch, create, reads } = publisher();
    await create('all');
    const find = forBatch();
    await Promise.all(['a', 'b', 'c'].map((type) => find(acme, type)));
    await find(asTenantId('other'), 'a');

    expect(reads).toEqual({ pages: 2, changes: 2 });
  });

  it('an endpoint that was created, changed, disabled, enabled or deleted is so for the next batch', async () => {
    const { stores, create, find, forBatch } = publisher();
    const only = async (eventType: string) => (await forBatch()(acme, eventType))?.[0] ?? noEndpoint;
    expect(await find('a')).toEqual([]);
    await create('ep', ['a']);
    const settings = {
      url: 'https://a.example',
      description: '',
      eventTypes: ['b'],
      headers: {},
      metadata: {},
    };

    await stores.endpoints.changeSettings(await only('a'), settings, start);
    expect(await find('a')).toEqual([]);
    await stores.endpoints.disable(await only('b'), { reason: 'manual', at: start });
    expect(await only('b')).toMatchObject({ id: 'ep', status: 'disabled' });
    await stores.endpoints.enable(await only('b'), start);
    expect(await only('b')).toMatchObject({ id: 'ep', status: 'enabled' });
    await stores.endpoints.remove(await only('b'));

    expect(await find('b')).toEqual([]);
  });

  it('endpoints are read again after a minute, even if no change is counted', async () => {
    const { create, find, clock, reads } = publisher();
    await create('all');
    await find('a');
    clock.now = later(clock.now, seconds(59));
    await find('a');
    expect(reads.pages).toBe(1);
    clock.now = later(clock.now, seconds(2));
    await find('a');

    expect(reads.pages).toBe(2);
  });

  it('tenants are kept as long as all of them have no more endpoints than may be kept', async () => {
    const { forBatch, create, find, reads } = publisher(3);
    const [first, second] = ['first', 'second'].map(asTenantId);
    for (const id of ['a', 'b']) await create(id, ['*'], first);
    await create('a', ['*'], second);
    await forBatch()(first ?? acme, 'x');
    await forBatch()(second ?? acme, 'x');
    const before = reads.pages;

    await find('x', first);

    expect(reads.pages).toBe(before);
  });

  it('a tenant with too many endpoints is not kept, and the least used tenants make room', async () => {
    const { forBatch, create, find, reads } = publisher(3);
    const [first, second, huge] = ['first', 'second', 'huge'].map(asTenantId);
    for (const id of ['a', 'b']) await create(id, ['*'], first);
    for (const id of ['a', 'b']) await create(id, ['*'], second);
    for (const id of ['a', 'b', 'c', 'd']) await create(id, ['*'], huge);

    expect(await forBatch()(huge ?? acme, 'x')).toBeUndefined();
    expect(await find('x', first)).toEqual(['a', 'b']);
    const before = reads.pages;
    await find('x', first);
    expect(reads.pages).toBe(before);
    await find('x', second);
    await find('x', first);

    expect(reads.pages).toBe(before + 2);
  });
});

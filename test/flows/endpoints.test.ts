import { expect, it } from 'vitest';
import { deliveryIdOf } from '../support/fixtures/ids.ts';
import { startEndpoint, statuses } from './support/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { describeFlow } from './support/local-stack.ts';

import { newId, tenantsOf } from './support/tenants.ts';

describeFlow('The endpoints of a tenant', (stack) => {
  const { call, pathOf, create, publish, until } = tenantsOf(stack);

  it.concurrent('endpoints get one event from two publishes of one id at once, and one id of two tenants is two events', async () => {
    using endpoint = await startEndpoint(statuses(200));
    const [acme, umbrella, id] = [newId('t'), newId('t'), newId()];
    await create(acme, 'ep_1', endpoint.url);
    await create(umbrella, 'ep_1', endpoint.url);

    await Promise.all([publish(acme, id), publish(acme, id), publish(umbrella, id)]);
    await until(acme, id, 'ep_1', 'delivered');
    await until(umbrella, id, 'ep_1', 'delivered');
    // The response was lost, and the app publishes the event once more.
    await publish(acme, id);
    await publish(acme, newId('last'));
    await eventually('the last one', async () =>
      endpoint.requests.some(({ headers }) => headers['webhook-id']?.startsWith('last')),
    );

    expect(endpoint.requests.filter(({ headers }) => headers['webhook-id'] === id)).toHaveLength(2);
  });

  it.concurrent('endpoints get the events that they are subscribed to, with their own headers and limits', async () => {
    using endpoint = await startEndpoint(statuses(200));
    const tenant = newId('t');
    await create(tenant, 'orders', endpoint.url, { eventTypes: ['order.*'] });
    await create(tenant, 'large', endpoint.url, { filter: { path: 'amount', gt: 100 } });
    await create(tenant, 'all', endpoint.url, { headers: { 'X-Team': 'billing' }, maxPerSecond: 5 });

    await publish(tenant, newId());
    await eventually('a request', async () => endpoint.requests.length > 0);

    expect(endpoint.requests).toHaveLength(1);
    expect(endpoint.requests[0]?.headers).toMatchObject({ 'x-team': 'billing' });
  });

  it.concurrent('endpoints get no more requests than their limits allow', async () => {
    using endpoint = await startEndpoint(statuses(200));
    const tenant = newId('t');
    await create(tenant, 'ep_1', endpoint.url, { maxPerSecond: 2 });

    await Promise.all(Array.from({ length: 10 }, () => publish(tenant, newId())));
    await eventually('ten requests', async () => endpoint.requests.length === 10);

    const times = endpoint.requests.map(({ at }) => at);
    // Nine pauses of 500 ms, less a fifth: from the gate to the wire a busy machine takes long, and not always as long.
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(3_600);
  });

  it.concurrent('endpoints that answer 410 are disabled; later events are held, and sent when they are enabled', async () => {
    const gone = { isGone: true };
    using endpoint = await startEndpoint(
      (response) => void response.writeHead(gone.isGone ? 410 : 200).end(),
    );
    const [tenant, first, second] = [newId('t'), newId(), newId()];
    await create(tenant, 'ep_1', endpoint.url);

    await publish(tenant, first);
    await until(tenant, first, 'ep_1', 'failed');
    const disabled = await call('GET', pathOf(tenant, 'ep_1'));
    expect(disabled.body).toMatchObject({
      status: 'disabled',
      disabled: { reason: 'gone', eventId: first, lastAttempt: { number: 1, outcome: 'answered 410' } },
    });
    await publish(tenant, second);
    await until(tenant, second, 'ep_1', 'held');
    gone.isGone = false;

    expect((await call('POST', `${pathOf(tenant, 'ep_1')}/enable`)).body.status).toBe('enabled');
    await until(tenant, second, 'ep_1', 'delivered');
    expect(endpoint.requests).toHaveLength(2);
  });

  it.concurrent('endpoints that are disabled and deleted with requests in flight leave every delivery accounted for', async () => {
    using endpoint = await startEndpoint(statuses(200));
    const tenant = newId('t');
    for (const id of ['stays', 'pauses', 'goes']) await create(tenant, id, endpoint.url);
    const ids = Array.from({ length: 12 }, () => newId());

    await Promise.all(ids.slice(0, 4).map((id) => publish(tenant, id)));
    await Promise.all([
      ...ids.slice(4, 8).map((id) => publish(tenant, id)),
      call('POST', `${pathOf(tenant, 'pauses')}/disable`),
      call('DELETE', pathOf(tenant, 'goes')),
    ]);
    await Promise.all(ids.slice(8).map((id) => publish(tenant, id)));
    const countsOf = async (endpointId: string) => {
      const all = await Promise.all(ids.map((id) => stack.delivery(deliveryIdOf(tenant, id, endpointId))));
      return Object.groupBy(all, (delivery) => String(delivery?.['status']));
    };
    await eventually('all of them to be accounted for', async () => {
      const [stays, pauses, goes] = [
        await countsOf('stays'),
        await countsOf('pauses'),
        await countsOf('goes'),
      ];
      return (
        stays['delivered']?.length === ids.length &&
        (pauses['delivered']?.length ?? 0) + (pauses['held']?.length ?? 0) === ids.length &&
        goes['pending'] === undefined &&
        goes['held'] === undefined
      );
    });

    const goes = await countsOf('goes');
    for (const delivery of goes['discarded'] ?? [])
      expect(delivery).toMatchObject({
        lastError: 'its endpoint was deleted',
        expiresAt: expect.any(Number),
      });
    // None after the deletion, because no endpoint was left.
    expect((goes['undefined'] ?? []).length).toBeGreaterThanOrEqual(4);
    await call('POST', `${pathOf(tenant, 'pauses')}/enable`);
    await eventually(
      'what was held to go out',
      async () => (await countsOf('pauses'))['delivered']?.length === 12,
    );
  });

  it.concurrent('endpoints that redirect, to any address, are not followed', async () => {
    using metadata = await startEndpoint(statuses(200));
    using endpoint = await startEndpoint((response) => {
      response.writeHead(302, { location: metadata.url }).end();
    });
    const [tenant, id] = [newId('t'), newId()];
    await create(tenant, 'ep_1', endpoint.url);

    await publish(tenant, id);

    expect(await until(tenant, id, 'ep_1', 'failed')).toMatchObject({
      lastError: expect.stringMatching(/^answered 302, redirects to http:.*: redirects are not followed$/),
    });
    expect(metadata.requests).toEqual([]);
  });
});

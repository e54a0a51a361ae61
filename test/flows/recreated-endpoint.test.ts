import { expect, it } from 'vitest';
import { deliveryIdOf } from '../support/fixtures/ids.ts';
import { startEndpoint, statuses } from './support/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { hookline } from './support/hookline.ts';
import { describeFlow } from './support/local-stack.ts';
import { newId, tenantsOf } from './support/tenants.ts';

describeFlow('An endpoint that is created again under its id', (stack) => {
  const { call, pathOf, create, publish, until } = tenantsOf(stack);

  it.concurrent('an endpoint that is created again gets nothing of the earlier one; a retry is refused, and possible on request', async () => {
    using before = await startEndpoint(statuses(503));
    using recreated = await startEndpoint(statuses(200));
    const tenant = newId('t');
    const waiting = newId();
    await create(tenant, 'ep_1', before.url, { retryDelays: [2, 2] });
    await publish(tenant, waiting);
    await eventually('the first attempt', async () => before.requests.length > 0);

    await call('DELETE', pathOf(tenant, 'ep_1'));
    await create(tenant, 'ep_1', recreated.url);
    await until(tenant, waiting, 'ep_1', 'discarded');

    const id = deliveryIdOf(tenant, waiting, 'ep_1');
    const refused = await call('POST', `/v1/deliveries/${id}/retry`);
    expect(refused).toMatchObject({ status: 409 });
    expect(refused.body.detail).toContain('"toCurrentEndpoint": true');
    await expect(hookline(stack.outputs, 'deliveries', 'retry', id)).rejects.toThrow('--to-current-endpoint');
    expect(recreated.requests).toEqual([]);

    await hookline(stack.outputs, 'deliveries', 'retry', id, '--to-current-endpoint');
    await until(tenant, waiting, 'ep_1', 'delivered');
    expect(recreated.requests).toHaveLength(1);
  });

  it.concurrent('publishing an id again says so, and reports an event that no endpoint takes', async () => {
    using endpoint = await startEndpoint(statuses(200));
    const tenant = newId('t');
    const event = { id: newId(), type: 'invoice.paid', data: { items: [{ price: 5 }, { price: 50 }] } };
    const filter = { path: 'items.*.price', gt: 10 };
    await create(tenant, 'ep_1', endpoint.url, { filter });
    const send = (body: object) => call('POST', `/v1/tenants/${tenant}/events`, body);

    expect(await send(event)).toMatchObject({ status: 202, body: { id: event.id } });
    await until(tenant, event.id, 'ep_1', 'delivered');

    expect(await send(event)).toMatchObject({ status: 200, body: { repeated: true } });
    expect(await send({ ...event, data: {} })).toMatchObject({ status: 409 });
    expect(await send({ type: 'invoice.paid', data: {} })).toMatchObject({ body: { unmatched: true } });
    const body = { filter: { path: 'items.*.price', gt: 50 } };
    expect(await call('POST', `${pathOf(tenant, 'ep_1')}/filter-test`, body)).toMatchObject({
      status: 200,
      body: { tested: 1, matched: 0, results: [{ eventId: event.id, failed: [{ part: body.filter }] }] },
    });
    expect(endpoint.requests).toHaveLength(1);
  });
});

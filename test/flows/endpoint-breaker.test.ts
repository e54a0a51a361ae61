import { expect, it } from 'vitest';
import { startEndpoint } from './support/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { describeFlow } from './support/local-stack.ts';
import { newId, tenantsOf } from './support/tenants.ts';

describeFlow('An endpoint after an outage', (stack) => {
  const { call, pathOf, create, publish } = tenantsOf(stack);

  /** An endpoint that is down, its breaker open, and six deliveries that wait for it: none goes by itself for an hour. */
  async function afterAnOutage(url: string): Promise<string> {
    const tenant = newId('t');
    await create(tenant, 'ep_1', url);
    for (let n = 0; n < 6; n++) await publish(tenant, newId());
    await eventually('the breaker to be open, and six to wait', async () => {
      const { body } = await call('GET', pathOf(tenant, 'ep_1'));
      const { state, waiting } = body.breaker;
      return state === 'open' && waiting.count === 6 && waiting.isExact;
    });
    const { body } = await call('GET', pathOf(tenant, 'ep_1'));
    expect(body.breaker).toMatchObject({ since: expect.any(String), failingSince: expect.any(String) });
    expect(Date.parse(body.breaker.nextProbeAt)).toBeGreaterThan(Date.now() + 1_800_000);
    expect(body.waiting).toMatchObject({ count: 6, why: 'breaker', until: body.breaker.nextProbeAt });
    expect(Date.now() - Date.parse(body.waiting.since)).toBeLessThan(600_000);
    expect(body.held).toEqual({ count: 0, isExact: true });
    return tenant;
  }

  /** The fifth failure opens the breaker; that one asks for an hour of patience, so that nothing goes by itself meanwhile. */
  const answer = (isDown: () => boolean) => {
    const failed = { times: 0 };
    return startEndpoint((response) => {
      if (!isDown()) return void response.writeHead(200).end();
      if (++failed.times < 5) return void response.writeHead(500).end();
      response.writeHead(503, { 'Retry-After': '3600' }).end();
    });
  };
  const allDelivered = (tenant: string, count: number) =>
    eventually(`${count} to be delivered`, async () => {
      const query = { status: 'delivered' };
      const { body } = await call('GET', `${pathOf(tenant, 'ep_1')}/deliveries`, undefined, { query });
      return body.data.length === count;
    });

  it.concurrent('an endpoint after an outage gets a test at once, whose success closes the breaker and releases deliveries', async () => {
    const server = { isDown: true };
    using endpoint = await answer(() => server.isDown);
    const tenant = await afterAnOutage(endpoint.url);
    server.isDown = false;

    expect((await call('POST', `${pathOf(tenant, 'ep_1')}/test`)).status).toBe(202);
    await allDelivered(tenant, 7);

    const { body } = await call('GET', pathOf(tenant, 'ep_1'));
    expect(body.breaker).toEqual({ state: 'closed', failures: 0, waiting: { count: 0, isExact: true } });
    expect(body.waiting).toEqual({ count: 0, isExact: true });
  });

  it.concurrent('an endpoint after an outage gets its waiting deliveries when its URL is changed', async () => {
    using broken = await answer(() => true);
    using mended = await answer(() => false);
    const tenant = await afterAnOutage(broken.url);

    expect((await call('PATCH', pathOf(tenant, 'ep_1'), { url: mended.url })).status).toBe(200);
    await allDelivered(tenant, 6);

    expect(mended.requests).toHaveLength(6);
  });
});

import { expect, it } from 'vitest';
import { startEndpoint, statuses } from './support/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { describeFlow } from './support/local-stack.ts';
import { newId, tenantsOf } from './support/tenants.ts';

/** A worker of the delivery queue cuts a request after this; one of the sideline queue waits for 7 s here. In ms. */
const cutAfter = 5_000;

describeFlow('An endpoint that hangs', (stack) => {
  const { call, pathOf, create, publish, until } = tenantsOf(stack);

  it('an endpoint that hangs delays no other one, and gets its events when it answers, even if it is slow then', async () => {
    // Only a request of the sideline queue lasts until that response.
    using hanging = await startEndpoint((response, nth) => {
      if (nth > 1) setTimeout(() => response.end(), cutAfter + 500);
    });
    using healthy = await startEndpoint(statuses(200));
    const [tenant, other] = [newId('t'), newId('t')];
    await create(tenant, 'ep_1', hanging.url);
    await create(other, 'ep_1', healthy.url);
    const requestsFor = (id: string): number =>
      hanging.requests.filter(({ headers }) => headers['webhook-id'] === id).length;
    const [cut, passedOn] = [newId(), newId()];
    const others = Array.from({ length: 5 }, () => newId());

    await publish(tenant, cut);
    await eventually('the first request', async () => requestsFor(cut) === 1);
    const publishedAt = Date.now();
    await Promise.all(others.map((id) => publish(other, id)));
    for (const id of others) await until(other, id, 'ep_1', 'delivered');
    await eventually('the request to be made again', async () => requestsFor(cut) === 2);
    await publish(tenant, passedOn);
    const delivered = [
      await until(tenant, cut, 'ep_1', 'delivered'),
      await until(tenant, passedOn, 'ep_1', 'delivered'),
    ];

    const tookAtMost = Math.max(...healthy.requests.map(({ at }) => at)) - publishedAt;
    expect(tookAtMost).toBeLessThan(cutAfter);
    expect([requestsFor(cut), requestsFor(passedOn)]).toEqual([2, 1]);
    for (const { attempts, attemptLog } of delivered) {
      expect(attempts).toBe(1);
      expect(attemptLog).toMatchObject([{ n: 1, status: 200, ms: expect.any(Number) }]);
    }
    const { body } = await call('GET', pathOf(tenant, 'ep_1'));
    expect(body.breaker).toMatchObject({ state: 'closed', failures: 0 });
  });
});

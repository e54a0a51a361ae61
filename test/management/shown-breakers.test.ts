import { describe, expect, it } from 'vitest';
import { asTenantId } from '../../lambdas/domain/ids.ts';
import { later, seconds } from '../../lambdas/domain/time.ts';
import { managementWorld } from '../support/worlds/management-world.ts';
import { failing, fields, limiterKey, path } from './support/failing-endpoint.ts';

describe('the breaker of an endpoint', () => {
  it.each([
    ['open', 900, undefined],
    ['half-open', 0, undefined],
    ['half-open', 36, 36],
  ])(
    'the breaker of an endpoint is shown: %s, until %i s from now, with a probe until %s',
    async (state, openUntil, probe) => {
      const { world, call } = managementWorld();
      await call('POST', path, fields);
      const at = (span: number) => later(world.now(), seconds(span));
      world.limiter.limiter.set(limiterKey, {
        failures: 9,
        probes: 3,
        openedAt: at(-60),
        openUntil: at(openUntil),
        slots: {},
        ...(probe !== undefined && { probe: at(probe) }),
      });

      const { body } = await call('GET', `${path}/ep_1`);

      expect(body).toMatchObject({
        breaker: {
          state,
          failures: 9,
          since: '2026-11-23T11:59:00.000Z',
          nextProbeAt: new Date(at(openUntil)).toISOString(),
          waiting: { count: 0, isExact: true },
        },
      });
    },
  );

  it('the breaker of each endpoint is in a list with what waits for it, since when and why, as of one endpoint', async () => {
    const { world, call } = await failing();
    await call('POST', path, { ...fields, id: 'ep_2' });
    await call('POST', path, { ...fields, id: 'ep_3' });
    await call('POST', `${path}/ep_3/disable`);
    await world.publish({ id: 'a', type: 'x', tenant: asTenantId('acme'), data: {} });
    await world.run(seconds(5));

    const { data } = Object((await call('GET', path)).body);

    expect(data).toMatchObject([
      { id: 'ep_1', breaker: { state: 'open' }, waiting: { count: 1, why: 'breaker' }, held: { count: 0 } },
      { id: 'ep_2', breaker: { state: 'closed' }, waiting: { count: 0 }, held: { count: 0 } },
      { id: 'ep_3', status: 'disabled', waiting: { count: 0 }, held: { count: 1 } },
    ]);
    for (const endpoint of data) expect((await call('GET', `${path}/${endpoint.id}`)).body).toEqual(endpoint);
  });

  it('the breaker of each endpoint costs a list two reads for each endpoint, 25 endpoints at once', async () => {
    const { ports, call } = managementWorld();
    for (let nth = 0; nth < 60; nth++) await call('POST', path, { ...fields, id: `ep_${nth}` });
    const counts = { reads: 0, now: 0, most: 0 };
    const counted =
      <Args extends unknown[], Result>(read: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        counts.reads++;
        counts.most = Math.max(counts.most, ++counts.now);
        await new Promise((resolve) => setImmediate(resolve));
        try {
          return await read(...args);
        } finally {
          counts.now--;
        }
      };
    const changed = {
      limiter: { ...ports.limiter, read: counted(ports.limiter.read) },
      deliveries: {
        ...ports.deliveries,
        countWaiting: counted(ports.deliveries.countWaiting),
        countHeld: counted(ports.deliveries.countHeld),
      },
    };

    const { body } = await call('GET', path, undefined, { query: { limit: '50' } }, changed);

    expect(Object(body).data).toHaveLength(50);
    // One of the limiter and one of what waits; none of them is disabled, so none holds any.
    expect(counts.reads).toBe(100);
    expect(counts.most).toBeLessThanOrEqual(50);
  });
});

import { describe, expect, it } from 'vitest';
import { asTenantId } from '../../lambdas/domain/ids.ts';
import { later, seconds } from '../../lambdas/domain/time.ts';
import { endpointHashOf } from '../support/fixtures/ids.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

const path = '/v1/tenants/acme/endpoints';
const fields = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] };
const limiterKey = endpointHashOf('acme', 'ep_1');

/** One endpoint whose breaker is open and which has failed for days. */
async function failing() {
  const { world, ...api } = managementWorld();
  await api.call('POST', path, fields);
  world.limiter.limiter.set(limiterKey, {
    slots: {},
    failures: 9,
    probes: 3,
    failingSince: world.now(),
    openUntil: later(world.now(), seconds(900)),
  });
  return { world, ...api };
}

describe('an endpoint that is enabled again', () => {
  it('an endpoint that is enabled again starts over: neither its old failures nor its breaker count', async () => {
    const { world, call } = await failing();
    await call('POST', `${path}/ep_1/disable`);

    expect(await call('POST', `${path}/ep_1/enable`)).toMatchObject({ status: 200 });

    const state = world.limiter.limiter.get(limiterKey);
    expect(state).toMatchObject({ failures: 0, probes: 0 });
    expect(state?.openUntil).toBeUndefined();
    expect(state?.failingSince).toBeUndefined();
  });

  it('an endpoint that is enabled again gets its held deliveries, the oldest first; enabling it twice changes nothing', async () => {
    const { world, call } = managementWorld();
    await call('POST', path, fields);
    await call('POST', `${path}/ep_1/disable`);
    for (const id of ['a', 'b', 'c']) {
      await world.publish({ id, type: 'x', tenant: asTenantId('acme'), data: {} });
      world.advance(seconds(1));
    }

    const enabled = await call('POST', `${path}/ep_1/enable`);
    expect(await call('POST', `${path}/ep_1/enable`)).toMatchObject({ etag: enabled.etag });
    await world.run(seconds(5));

    expect(world.requests.map(({ headers }) => headers['webhook-id'])).toEqual(['a', 'b', 'c']);
  });

  it('an endpoint that is created again under its id starts over, with a version that the earlier one never had', async () => {
    const { world, call } = await failing();
    const { etag } = await call('GET', `${path}/ep_1`);
    await call('DELETE', `${path}/ep_1`);
    world.limiter.limiter.set(limiterKey, { slots: {}, failures: 9, probes: 3, failingSince: world.now() });
    world.advance(seconds(1));

    await call('POST', path, fields);

    expect(world.limiter.limiter.get(limiterKey)?.failures).toBe(0);
    const changed = await call('PATCH', `${path}/ep_1`, { description: 'x' }, { ifMatch: etag });
    expect(changed).toMatchObject({ status: 412 });
    expect(await call('POST', `${path}/ep_1/disable`, undefined, { ifMatch: etag })).toMatchObject({
      status: 412,
    });
    expect(await call('DELETE', `${path}/ep_1`, undefined, { ifMatch: etag })).toMatchObject({ status: 412 });
  });

  it('an endpoint is unchanged by an attempt to create it once more', async () => {
    const { world, call } = await failing();

    expect(await call('POST', path, fields)).toMatchObject({ status: 409 });

    expect(world.limiter.limiter.get(limiterKey)).toMatchObject({ failures: 9, probes: 3 });
  });

  it('an endpoint that gets another URL starts over', async () => {
    const { world, call } = await failing();

    await call('PATCH', `${path}/ep_1`, { description: 'the same server' });
    expect(world.limiter.limiter.get(limiterKey)?.failures).toBe(9);
    await call('PATCH', `${path}/ep_1`, { url: 'https://new.example/hooks' });

    expect(world.limiter.limiter.get(limiterKey)?.failures).toBe(0);
  });
});

describe('the deliveries that wait for an endpoint', () => {
  /** Two that have failed once, and one that was not tried yet. */
  const waiting = async () => {
    const { world, ...api } = managementWorld();
    await api.call('POST', path, fields);
    const { post } = world.deliverPorts;
    world.deliverPorts.post = async () => ({ kind: 'refused', status: 503, retryAfter: seconds(600) });
    await world.publish(
      ...['a', 'b', 'c'].map((id) => ({ id, type: 'x', tenant: asTenantId('acme'), data: {} })),
    );
    // Two at a time: the third finds out that it is to wait.
    await world.run(seconds(5));
    world.deliverPorts.post = post;
    const idsOf = () => world.requests.map(({ headers }) => headers['webhook-id']).toSorted();
    const breaker = async () => Object((await api.call('GET', `${path}/ep_1`)).body).breaker;
    return { world, ...api, idsOf, breaker };
  };

  it('the deliveries that wait for an endpoint are counted, and its Retry-After is shown', async () => {
    const { world, call, breaker } = await waiting();

    expect(await breaker()).toEqual({
      state: 'closed',
      failures: 2,
      failingSince: '2026-11-23T12:00:00.000Z',
      retryAfter: '2026-11-23T12:10:00.000Z',
      waiting: { count: 3, isExact: true },
    });
    expect((await call('GET', `${path}/ep_1`)).body).toMatchObject({
      waiting: {
        count: 3,
        isExact: true,
        since: '2026-11-23T12:00:00.000Z',
        why: 'retry-after',
        until: '2026-11-23T12:10:00.000Z',
      },
      held: { count: 0, isExact: true },
    });
    world.advance(seconds(600));
    expect(await breaker()).not.toHaveProperty('retryAfter', expect.anything());
  });

  it.each([
    ['enabled, though it is', 'POST', '/enable', undefined],
    ['given another URL', 'PATCH', '', { url: 'https://new.example/hooks' }],
  ])(
    'the deliveries that wait for an endpoint are sent now when it is %s',
    async (_what, method, action, body) => {
      const { world, call, idsOf, breaker } = await waiting();

      expect(await call(method, `${path}/ep_1${action}`, body)).toMatchObject({ status: 200 });
      expect(await breaker()).toEqual({ state: 'closed', failures: 0, waiting: { count: 0, isExact: true } });
      await world.run(seconds(5));

      expect(idsOf()).toEqual(['a', 'b', 'c']);
    },
  );

  it('the deliveries that wait for an endpoint stay if anything else is changed, or the version differs', async () => {
    const { call, breaker } = await waiting();

    await call('PATCH', `${path}/ep_1`, { description: 'the same server' });
    await call('POST', `${path}/ep_1/enable`, undefined, { ifMatch: '"7"' });

    expect(await breaker()).toMatchObject({ failures: 2, waiting: { count: 3 } });
  });

  it('the deliveries that wait for an endpoint are released by the sweep if there was no time', async () => {
    const { world, call, idsOf } = await waiting();

    await call('POST', `${path}/ep_1/enable`, undefined, {}, { hasTime: () => false });
    await world.deliverOnce();
    expect(idsOf()).toEqual([]);
    await world.run(seconds(65));

    expect(idsOf()).toEqual(['a', 'b', 'c']);
  });

  it('the deliveries that wait for an endpoint go one by one when they are retried', async () => {
    const { world, call, idsOf } = await waiting();
    const [id] = [...world.table.deliveries.keys()];

    expect(await call('POST', `/v1/deliveries/${id}/retry`)).toMatchObject({
      status: 202,
      body: { status: 'pending' },
    });
    await world.deliverOnce();

    expect(idsOf()).toHaveLength(1);
    expect(await call('POST', `/v1/deliveries/${id}/retry`)).toMatchObject({ status: 202 });
  });
});

describe('the deliveries that wait for the limits of an endpoint', () => {
  const limited = async () => {
    const { world, ...api } = managementWorld();
    await api.call('POST', path, { ...fields, maxPerSecond: 0.1 });
    await world.publish(
      ...['a', 'b', 'c', 'd'].map((id) => ({ id, type: 'x', tenant: asTenantId('acme'), data: {} })),
    );
    await world.run(seconds(5));
    const show = async () => Object((await api.call('GET', `${path}/ep_1`)).body);
    return { world, ...api, show };
  };

  it('the deliveries that wait for a limit are shown with since when, why, and when the last of them goes', async () => {
    const { show } = await limited();

    expect((await show()).waiting).toMatchObject({
      count: 3,
      since: '2026-11-23T12:00:00.000Z',
      why: 'rate',
      slots: { taken: 0, of: 100 },
      lastPlaceAt: expect.stringMatching(/^2026-11-23T12:00:[34]/),
    });
  });

  it.each([
    ['raised', { maxPerSecond: 100 }],
    ['removed', { maxPerSecond: null }],
  ])('the deliveries that wait for a limit are sent at its new pace when it is %s', async (_what, change) => {
    const { world, call, show } = await limited();

    await call('PATCH', `${path}/ep_1`, change);
    await world.run(seconds(15));

    expect(world.requests).toHaveLength(4);
    expect((await show()).waiting).toEqual({ count: 0, isExact: true });
  });

  it.each([
    ['is lowered', { maxPerSecond: 0.09 }, {}],
    ['is set for the first time', { maxConcurrent: 5 }, {}],
    ['is raised for an endpoint that is failing', { maxPerSecond: 100 }, { failures: 1 }],
  ])(
    'the deliveries that wait for a limit keep their times when a limit %s',
    async (_what, change, state) => {
      const { world, call, show } = await limited();
      const seen = world.limiter.limiter.get(limiterKey);
      if (seen !== undefined) world.limiter.limiter.set(limiterKey, { ...seen, ...state });

      await call('PATCH', `${path}/ep_1`, change);

      expect((await show()).waiting).toMatchObject({ count: 3 });
    },
  );
});

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

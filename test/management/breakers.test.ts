import { describe, expect, it } from 'vitest';
import { asTenantId } from '../../lambdas/domain/ids.ts';
import { seconds } from '../../lambdas/domain/time.ts';
import { managementWorld } from '../support/worlds/management-world.ts';
import { failing, fields, limiterKey, path } from './support/failing-endpoint.ts';

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

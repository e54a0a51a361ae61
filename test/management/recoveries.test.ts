import { describe, expect, it } from 'vitest';
import { days, later, seconds, toIsoInstant, unixMillis, utcDay } from '../../lambdas/domain/time.ts';
import { endpointHashOf } from '../support/fixtures/ids.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

const endpoint = '/v1/tenants/acme/endpoints/ep_1';
const fields = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] };

async function withEndpoint() {
  const made = managementWorld();
  await made.call('POST', '/v1/tenants/acme/endpoints', fields);
  return made;
}

const dayOf = (place: string): string => utcDay(unixMillis(Number(place.split('#')[0])));

describe('a recovery', () => {
  it('a recovery since 1970 and until the end of time reads only the time that can have deliveries, at once', async () => {
    const { world, ports, call } = await withEndpoint();
    const asked: string[] = [];
    const stopped: typeof ports.deliveries.stopped = async (_endpoint, _of, { above, below }) => {
      asked.push(`${dayOf(above)} to ${dayOf(below)}`);
      return { keys: [] };
    };
    const span = { since: '1970-01-01T00:00:00Z', until: '9999-12-31T23:59:59Z' };
    const changed = { deliveries: { ...ports.deliveries, stopped } };

    const estimate = await call('GET', `${endpoint}/recovery-estimate`, undefined, { query: span }, changed);
    const { status, body } = await call('POST', `${endpoint}/recoveries`, span, {}, changed);

    expect(estimate).toMatchObject({ status: 200, body: { count: 0, isExact: true } });
    expect(asked).toHaveLength(3);
    expect(new Set(asked)).toEqual(new Set([`2025-07-18 to ${utcDay(world.now())}`]));
    expect({ status, body }).toMatchObject({ status: 202, body: { status: 'done' } });
    expect(Object(body).until).toBe(toIsoInstant(world.now()));
  });

  it('a recovery of a span that ends before it begins is refused, and so is its estimate', async () => {
    const { world, call } = await withEndpoint();
    const span = { since: toIsoInstant(world.now()), until: toIsoInstant(later(world.now(), days(-1))) };
    const refused = { status: 400, body: { errors: [{ path: 'until' }] } };

    expect(await call('POST', `${endpoint}/recoveries`, span)).toMatchObject(refused);
    expect(await call('GET', `${endpoint}/recovery-estimate`, undefined, { query: span })).toMatchObject(
      refused,
    );
  });

  it('a recovery with an id of the caller is one job, however often it is requested', async () => {
    const { world, call } = await withEndpoint();
    await call('POST', '/v1/tenants/acme/endpoints', { ...fields, id: 'ep_2' });
    const since = toIsoInstant(world.now());
    const start = (id: string, of = endpoint) => call('POST', `${of}/recoveries`, { id, since });

    const first = await start('rec_mine');
    world.advance(days(1));

    expect(await start('rec_mine')).toEqual(first);
    expect(world.recoveries.recoveries.size).toBe(1);
    expect(await start('rec_mine', endpoint.replace('ep_1', 'ep_2'))).toMatchObject({ status: 409 });
    expect(await start('not an id')).toMatchObject({ status: 400 });
  });

  it('a recovery that exists is returned even if anything fails from then on, since it continues by itself', async () => {
    const { world, ports, call } = await withEndpoint();
    const fails = async () => {
      throw new Error('DynamoDB is away');
    };
    const changed = { recoveries: { ...ports.recoveries, claim: fails, read: fails } };

    const { status, body } = await call(
      'POST',
      `${endpoint}/recoveries`,
      { since: toIsoInstant(world.now()) },
      {},
      changed,
    );

    expect({ status, body }).toMatchObject({ status: 202, body: { status: 'running' } });
    await world.sweep();
    expect(await call('GET', `/v1/recoveries/${Object(body).id}`)).toMatchObject({
      body: { status: 'done' },
    });
  });

  describe('of an endpoint whose breaker is open', () => {
    const limiterKey = endpointHashOf('acme', 'ep_1');
    async function afterAnOutage() {
      const made = await withEndpoint();
      const { world } = made;
      const open = { openUntil: later(world.now(), days(1)), failingSince: world.now() };
      world.limiter.limiter.set(limiterKey, { slots: {}, failures: 9, probes: 3, ...open });
      const since = toIsoInstant(world.now());
      const recover = () => made.call('POST', `${endpoint}/recoveries`, { id: 'rec_mine', since });
      return { ...made, recover };
    }

    it('a recovery of an endpoint with an open breaker resets it, so that waiting deliveries go, too', async () => {
      const { world, recover } = await afterAnOutage();
      await world.publish({ id: 'e1', type: 'a.b', tenant: 'acme', data: {} });
      await world.run(seconds(10));
      expect(world.delivery().status).toBe('pending');

      expect(await recover()).toMatchObject({ status: 202 });
      expect(world.limiter.limiter.get(limiterKey)).toMatchObject({ failures: 0 });
      await world.run(seconds(10));

      expect(world.delivery().status).toBe('delivered');
    });

    it('a recovery that is requested once more does not reset the breaker once more', async () => {
      const { world, recover } = await afterAnOutage();
      await recover();
      world.limiter.limiter.set(limiterKey, { slots: {}, failures: 9, probes: 3, failingSince: world.now() });

      await recover();

      expect(world.limiter.limiter.get(limiterKey)).toMatchObject({ failures: 9 });
    });

    it('a recovery does not reset a disabled endpoint: enabling it does', async () => {
      const { world, call, recover } = await afterAnOutage();
      await call('POST', `${endpoint}/disable`);

      expect(await recover()).toMatchObject({ status: 202 });

      expect(world.limiter.limiter.get(limiterKey)).toMatchObject({ failures: 9, probes: 3 });
    });
  });
});

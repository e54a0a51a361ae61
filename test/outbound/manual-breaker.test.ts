import { beforeEach, describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../lambdas/domain/attempt-outcome.ts';
import { changedSettings } from '../../lambdas/domain/endpoint.ts';
import { asEndpointId, asTenantId } from '../../lambdas/domain/ids.ts';
import { breakerOf } from '../../lambdas/domain/limiter.ts';
import { later, seconds } from '../../lambdas/domain/time.ts';
import { oneRun, releaseWaiting } from '../../lambdas/outbound/release-waiting.ts';
import { endpointHashOf } from '../support/fixtures/ids.ts';
import { accepted, type Request, refused } from '../support/fixtures/outbound.ts';
import { statuses, worldWithOneEndpoint } from '../support/worlds/one-endpoint.ts';

type World = Awaited<ReturnType<typeof worldWithOneEndpoint>>['world'];
const limiterKey = endpointHashOf('acme', 'ep_1');
const event = (id: string) => ({ id, type: 'invoice.paid', tenant: asTenantId('acme'), data: {} });
const test = (id: string) => ({ ...event(id), endpoint: { id: 'ep_1' }, byHand: 'test' });
const timedOut: AttemptOutcome = { kind: 'unreachable', cause: 'timeout', error: 'no answer' };
const idOf = ({ headers }: Request): string | undefined => headers['webhook-id'];
const stateOf = async (world: World) => breakerOf(await world.limiter.read(limiterKey), world.now());
const deliveryOf = ({ table }: World, eventId: string) => {
  const [found] = [...table.deliveries.values()].filter((delivery) => delivery.eventId === eventId);
  if (found === undefined) throw new Error(`there is no delivery of ${eventId}`);
  return found;
};

/** An endpoint that has been down for an hour, and twenty deliveries that wait for it. */
async function afterAnOutage() {
  const endpoint = { answer: timedOut };
  const { world, ...people } = await worldWithOneEndpoint(() => endpoint.answer);
  for (let id = 0; id < 20; id++) await world.publish(event(`e${id}`));
  await world.run(seconds(3_600));
  const asked = world.requests.length;
  return { world, ...people, endpoint, since: () => world.requests.slice(asked) };
}

describe('after an outage, with the breaker open', () => {
  let after: Awaited<ReturnType<typeof afterAnOutage>>;
  beforeEach(async () => {
    after = await afterAnOutage();
    expect(await stateOf(after.world)).toMatchObject({ state: 'open' });
    const waiting = await after.world.table.countWaiting(
      { tenant: asTenantId('acme'), id: asEndpointId('ep_1') },
      99,
    );
    expect(waiting).toMatchObject({ count: 20, isExact: true });
  });

  it('a test of an endpoint with an open breaker goes at once, and its success releases waiting deliveries', async () => {
    const { world, endpoint, since } = after;
    endpoint.answer = accepted;

    await world.publish(test('t'));
    await world.run(seconds(10));

    expect(since().map(idOf)[0]).toBe('t');
    expect(statuses(world)).toEqual({ delivered: 21 });
    expect(await stateOf(world)).toEqual({ state: 'closed', failures: 0 });
  });

  it('a failed test does not change the breaker, and its retry waits like any other', async () => {
    const { world, since } = after;
    const before = await stateOf(world);

    await world.publish(test('t'));
    await world.run(seconds(10));

    expect(since().map(idOf)).toEqual(['t']);
    expect(await stateOf(world)).toEqual({ ...before, failures: before.failures + 1 });
    expect(deliveryOf(world, 't')).toMatchObject({ status: 'pending', attempts: 1 });
  });

  it('tests of an endpoint go one at a time, each soon after the one before', async () => {
    const { world, since } = after;
    const under = { way: 0, most: 0 };
    const { post } = world.deliverPorts;
    world.deliverPorts.post = async (request) => {
      under.most = Math.max(under.most, ++under.way);
      for (let turn = 0; turn < 500; turn++) await Promise.resolve();
      under.way--;
      return post(request);
    };

    await world.publish(...['a', 'b', 'c'].map(test));
    await world.run(seconds(10));

    expect(under.most).toBe(1);
    expect(since().map(idOf).toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('a test whose worker dies delays the next one only until its slot frees itself', async () => {
    const { world, endpoint, since } = after;
    await world.publish(test('dies'));
    await world.dieInRequest();
    endpoint.answer = accepted;

    await world.publish(test('next'));
    await world.run(seconds(60));

    expect(since().map(idOf)).toContain('next');
    expect(statuses(world)['delivered']).toBeGreaterThanOrEqual(21);
  });

  it('a delivery that is retried by hand goes at once, and its success releases all that wait', async () => {
    const { world, endpoint, since } = after;
    endpoint.answer = accepted;

    expect(await world.replay(deliveryOf(world, 'e7').id)).toMatchObject({ kind: 'replayed' });
    await world.run(seconds(10));

    expect(idOf(since()[0] ?? expect.fail())).toBe('e7');
    expect(statuses(world)).toEqual({ delivered: 20 });
  });

  it('a released delivery goes once, even if its old task arrives later', async () => {
    const { world, endpoint, since } = after;
    endpoint.answer = accepted;
    await world.publish(test('t'));

    await world.run(seconds(7_200));

    expect(world.deliveryQueue.contents()).toEqual([]);
    expect(new Set(since().map(idOf)).size).toBe(since().length);
    expect(since()).toHaveLength(21);
  });

  it('the sweep continues a release that ran out of time', async () => {
    const { world, endpoint } = after;
    // The next probe is a quarter of an hour away then.
    await world.run(seconds(100));
    endpoint.answer = accepted;
    await world.publish(test('t'));
    // Enough for a request, but not for more after it.
    const hasTime = { left: 2 };
    await world.deliverOnce(world.deliverPorts, 5, () => hasTime.left-- > 0);
    expect(statuses(world)).toEqual({ delivered: 1, pending: 20 });

    await world.run(seconds(75));

    expect(statuses(world)).toEqual({ delivered: 21 });
    await world.run(seconds(180));
    expect(await world.endpoints.toReconcile()).toEqual([]);
  });

  it('a released delivery that fails again keeps to its schedule, and no sweep releases it again', async () => {
    const { world, endpoint, read } = after;
    endpoint.answer = refused(500);
    const [asked] = [world.requests.length];
    await world.limiter.reset(limiterKey);
    await world.endpoints.resumeEndpoint(await read(), world.now());

    await world.run(seconds(600));

    const again = world.requests.slice(asked);
    const perDelivery = Map.groupBy(again, idOf);
    // Five that open the breaker and those under way with them, then its probes after 30, 60, 120 and 240 s.
    expect(again.length).toBeLessThanOrEqual(12);
    for (const [id] of perDelivery) {
      const times = deliveryOf(world, id ?? '').attemptLog.map(({ at }) => at);
      for (const [index, at] of times.entries())
        if (index > 0) expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(800);
    }
    expect(await world.endpoints.toReconcile()).toEqual([]);
  });

  it('a release is found by the name of the endpoint', () => {
    expect(after.world.report.named('endpoint.down')[0]).toMatchObject({
      tenant: asTenantId('acme'),
      endpointId: asEndpointId('ep_1'),
    });
  });
});

describe('a delivery that waits for its schedule', () => {
  it('a delivery that waits for its schedule is sent early when a person retries it, but not twice', async () => {
    const { world } = await worldWithOneEndpoint((_request, count) => (count <= 4 ? refused(500) : accepted));
    await world.publish(event('a'));
    await world.run(seconds(60));
    const waiting = world.delivery();
    expect(waiting).toMatchObject({ status: 'pending', attempts: 4 });

    expect(await world.replay(waiting.id)).toMatchObject({ kind: 'replayed', delivery: { attempts: 4 } });
    expect(await world.deliverOnce()).toBe(1);

    expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 5, round: 1 });
    await world.run(seconds(1_000));
    expect(world.requests).toHaveLength(5);
    expect(world.deliveryQueue.contents()).toEqual([]);
  });

  it('a delivery that waits for its schedule is released with all others when its endpoint is reset', async () => {
    const { world, read } = await worldWithOneEndpoint((_request, count) =>
      count <= 4 ? refused(500) : accepted,
    );
    await world.publish(event('a'));
    await world.run(seconds(60));

    const endpoint = await read();
    const run = oneRun(endpoint, () => true);
    const { released, isEmpty } = await releaseWaiting(endpoint, world.now(), run, world.sweepPorts);
    await world.deliverOnce();

    expect([released, isEmpty]).toEqual([1, true]);
    expect(statuses(world)).toEqual({ delivered: 1 });
  });

  it('a delivery that waits for its schedule is left to the worker that has claimed it', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(event('a'));
    await world.dieInRequest();

    expect(await world.replay(world.delivery().id)).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/being sent just now/),
    });
  });

  it('a delivery that waits for its schedule goes once, however often a person retries it', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(event('a'));
    await world.recordAnnounced();

    for (let times = 0; times < 5; times++) await world.replay(world.delivery().id);
    await world.run(seconds(200));

    expect(world.requests).toHaveLength(1);
    expect(world.deliveryQueue.contents()).toEqual([]);
  });
});

it('a test does not queue behind tasks that wait for a slot: it comes back every other second until one is free', async () => {
  const { world, read } = await worldWithOneEndpoint();
  const seen = await read();
  await world.endpoints.changeSettings(seen, changedSettings(seen, { maxConcurrent: 10 }), world.now());
  const waiting: (() => void)[] = [];
  const { post } = world.deliverPorts;
  const ports = {
    ...world.deliverPorts,
    post: async (request: Parameters<typeof post>[0]) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return post(request);
    },
  };
  for (let id = 0; id < 400; id++) await world.publish(event(`e${id}`));
  const hanging = world.deliverOnce(ports, 2);
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
  // They find no place, and come back over forty seconds.
  while ((await world.deliverOnce()) > 0);
  await world.publish(test('t'));
  await world.deliverOnce();
  for (const resume of waiting) resume();
  await hanging;

  await world.run(seconds(3));

  expect(deliveryOf(world, 't')).toMatchObject({ status: 'delivered' });
});

it('a delivery waits since its limiter was asked, so a release between that and its deferral sends it', async () => {
  const { world } = await worldWithOneEndpoint();
  await world.publish(event('a'));
  const askedAt = world.now();
  const openUntil = later(askedAt, seconds(900));
  world.limiter.limiter.set(limiterKey, { slots: {}, failures: 9, probes: 3, openUntil });
  const { limiter } = world.deliverPorts;
  await world.deliverOnce();

  await world.deliverOnce({
    ...world.deliverPorts,
    limiter: {
      ...limiter,
      read: async (key) => {
        const state = await limiter.read(key);
        world.advance(seconds(3));
        return state;
      },
    },
  });

  expect(deliveryOf(world, 'a')).toMatchObject({ status: 'pending', waitsSince: askedAt });
});

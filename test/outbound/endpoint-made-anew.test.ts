import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../lambdas/domain/endpoint.ts';
import { firstPlace } from '../../lambdas/domain/recovery.ts';
import { seconds } from '../../lambdas/domain/time.ts';
import { estimateFailed } from '../../lambdas/outbound/estimate-failed.ts';
import { recover } from '../../lambdas/outbound/recover.ts';
import { newEndpoint } from '../fakes/new-endpoint.ts';
import { accepted, refused, start } from '../fakes/outbound-fixtures.ts';
import { outboundWorld } from '../fakes/outbound-world.ts';

const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {} };
const newUrl = 'https://acme.example/new';

/** An endpoint whose clock stands still while it is deleted and made anew under its id. */
async function anewWithinATick(answer?: Parameters<typeof outboundWorld>[0]) {
  const world = outboundWorld(answer);
  const first = newEndpoint(start, { generation: 'gen_1' });
  await world.endpoints.create(first);
  const current = async (): Promise<Endpoint> => (await world.endpoints.read('acme', 'ep_1')) ?? first;
  const remake = async (more: Partial<Endpoint> = {}) => {
    await world.endpoints.remove(await current());
    await world.endpoints.create(
      newEndpoint(world.now(), { generation: 'gen_2', version: 500, url: newUrl, ...more }),
    );
  };
  const toNew = () => world.requests.filter(({ url }) => url === newUrl);
  return { world, current, remake, toNew };
}

const discarded = { status: 'discarded', lastError: 'its endpoint was deleted' };

describe('an endpoint that is made anew under its id, within one tick of every clock', () => {
  it('gets nothing that waits for its first attempt', async () => {
    const { world, remake, toNew } = await anewWithinATick();
    await world.publish(event);
    await remake();

    await world.run(seconds(600));

    expect(world.delivery()).toMatchObject(discarded);
    expect(toNew()).toEqual([]);
  });

  it('gets nothing that waits for its next attempt', async () => {
    const { world, remake, toNew } = await anewWithinATick(() => refused(503));
    await world.publish(event);
    await world.deliverOnce();
    await remake();

    await world.run(seconds(600));

    expect(world.delivery()).toMatchObject({ ...discarded, attempts: 1 });
    expect(toNew()).toEqual([]);
  });

  it.each(['enabled', 'disabled'] as const)('gets nothing that was held, while it is %s', async (status) => {
    const { world, current, remake, toNew } = await anewWithinATick();
    await world.endpoints.disable(await current(), { reason: 'manual', at: start });
    await world.publish(event);
    expect(world.delivery().status).toBe('held');
    await remake({ status });

    await world.run(seconds(7_200));

    expect(world.delivery()).toMatchObject(discarded);
    expect(toNew()).toEqual([]);
  });

  it('gets nothing while it is disabled itself, and discards instead of holding', async () => {
    const { world, remake } = await anewWithinATick();
    await world.publish(event);
    await remake({ status: 'disabled' });

    await world.run(seconds(60));

    expect(world.delivery()).toMatchObject(discarded);
  });

  it('gets nothing when the worker looked at the one before, and learnt of the new one late', async () => {
    const { world, current, remake, toNew } = await anewWithinATick(() => refused(503));
    await world.publish(event);
    const before = await current();
    await remake();
    const stale = { ...world.endpoints, read: async () => before };

    await world.deliverOnce({ ...world.deliverPorts, endpoints: stale });
    await world.run(seconds(600));

    expect(world.delivery()).toMatchObject({ ...discarded, attempts: 1 });
    expect(toNew()).toEqual([]);
  });

  it('gets its own events, though a worker still knows the one before, or that there was none', async () => {
    for (const isKnown of [true, false]) {
      const { world, current, remake, toNew } = await anewWithinATick();
      const before = await current();
      await remake();
      await world.publish({ ...event, id: 'e2' });
      let reads = 0;
      const read: typeof world.endpoints.read = async (...of) =>
        ++reads > 1 ? world.endpoints.read(...of) : isKnown ? before : undefined;

      await world.deliverOnce({ ...world.deliverPorts, endpoints: { ...world.endpoints, read } });
      await world.run(seconds(600));

      expect(world.delivery()).toMatchObject({ status: 'delivered', generation: 'gen_2' });
      expect(toNew()).toHaveLength(1);
    }
  });

  it('gets its own events from a task that says nothing of its generation', async () => {
    const { world, current, remake, toNew } = await anewWithinATick();
    const before = await current();
    await remake();
    await world.publish(event);
    const { id } = world.delivery();
    world.deliveryQueue.purge();
    const task = { v: 1, deliveryId: id, attempt: 1, tenant: 'acme', endpointId: 'ep_1' };
    await world.deliveryQueue.send({ body: JSON.stringify(task) });
    let reads = 0;
    const read: typeof world.endpoints.read = async (...of) =>
      ++reads > 1 ? world.endpoints.read(...of) : before;

    await world.deliverOnce({ ...world.deliverPorts, endpoints: { ...world.endpoints, read } });
    await world.run(seconds(600));

    expect(world.delivery().status).toBe('delivered');
    expect(toNew()).toHaveLength(1);
  });

  it('is not disabled, nor is its note taken, by what is said of the one before', async () => {
    const { world, current, remake } = await anewWithinATick();
    const before = await current();
    await remake();

    expect(await world.endpoints.disable(before, { reason: 'gone', at: start })).toBeUndefined();
  });

  it('spends none of its turns on what is discarded', async () => {
    const { world, remake } = await anewWithinATick();
    for (let n = 0; n < 20; n++) await world.publish({ ...event, id: `e${n}` });
    await remake({ maxPerSecond: 0.01 });
    const asked = { takes: 0 };
    const take: typeof world.gates.take = async (...args) => {
      asked.takes++;
      return world.gates.take(...args);
    };
    const ports = { ...world.deliverPorts, gates: { ...world.gates, take } };

    while ((await world.deliverOnce(ports)) > 0);

    expect(asked.takes).toBe(0);
    expect(new Set([...world.table.deliveries.values()].map(({ status }) => status))).toEqual(
      new Set(['discarded']),
    );
  });
});

describe('a delivery from before there were generations', () => {
  it('goes to its endpoint, which has none either', async () => {
    const world = outboundWorld();
    await world.endpoints.create(newEndpoint(start));
    await world.publish(event);
    const { generation: _, ...old } = world.delivery();
    world.table.deliveries.set(old.id, old);

    await world.run(seconds(60));

    expect(world.delivery().status).toBe('delivered');
  });

  it('is told from those of an endpoint that is made later by the time', async () => {
    const { world, remake, toNew } = await anewWithinATick();
    await world.publish(event);
    const { generation: _, ...old } = world.delivery();
    world.table.deliveries.set(old.id, old);
    world.advance(seconds(11));
    await remake();

    await world.run(seconds(60));

    expect(world.delivery()).toMatchObject(discarded);
    expect(toNew()).toEqual([]);
  });
});

/** A delivery that failed at an endpoint; then the endpoint is gone, or another one has its id. */
async function failedAt(then: 'deleted' | 'anew' | 'disabled') {
  const made = await anewWithinATick(({ url }) => (url === newUrl ? accepted : refused(404)));
  const { world, current, remake } = made;
  await world.publish(event);
  await world.run(seconds(60));
  expect(world.delivery().status).toBe('failed');
  if (then === 'deleted') await world.endpoints.remove(await current());
  if (then === 'anew') await remake();
  if (then === 'disabled') await world.endpoints.disable(await current(), { reason: 'manual', at: start });
  return made;
}

describe('a replay of a delivery', () => {
  it.each([{}, { toCurrentEndpoint: true }])(
    'whose endpoint is deleted is refused with the reason: %j',
    async (options) => {
      const { world } = await failedAt('deleted');

      expect(await world.replay(world.delivery().id, options)).toMatchObject({
        ...{ kind: 'refused', cause: 'endpoint-deleted' },
        reason: expect.stringMatching(/ep_1 of acme was deleted/),
      });
      expect(world.delivery()).toMatchObject({ status: 'failed', round: 1 });
    },
  );

  it('whose endpoint is another one by now is refused, and goes there on purpose', async () => {
    const { world, toNew } = await failedAt('anew');
    const { id } = world.delivery();

    expect(await world.replay(id)).toMatchObject({
      ...{ kind: 'refused', cause: 'earlier-endpoint' },
      reason: expect.stringMatching(/another one under that id now.*--to-current-endpoint/),
    });
    expect(await world.replay(id, { toCurrentEndpoint: true })).toMatchObject({ kind: 'replayed' });
    await world.run(seconds(60));

    expect(world.delivery()).toMatchObject({ status: 'delivered', generation: 'gen_2' });
    expect(toNew()).toHaveLength(1);
  });

  it('that goes to the new endpoint is not discarded by a worker that knows the one before', async () => {
    const { world, current, toNew } = await failedAt('anew');
    const earlier = { ...(await current()), generation: 'gen_1', url: 'https://acme.example/hooks' };
    const { id } = world.delivery();
    await world.replay(id, { toCurrentEndpoint: true });
    const task = {
      ...{ v: 1, deliveryId: id, attempt: 2, tenant: 'acme', endpointId: 'ep_1', generation: 'gen_1' },
    };
    await world.deliveryQueue.send({ body: JSON.stringify(task) });
    let reads = 0;
    const read: typeof world.endpoints.read = async (...of) =>
      ++reads > 1 ? world.endpoints.read(...of) : earlier;

    await world.deliverOnce({ ...world.deliverPorts, endpoints: { ...world.endpoints, read } });
    await world.run(seconds(600));

    expect(world.delivery().status).toBe('delivered');
    expect(toNew()).toHaveLength(1);
  });

  it('whose endpoint is disabled says that it is held', async () => {
    const { world } = await failedAt('disabled');

    expect(await world.replay(world.delivery().id)).toMatchObject({ kind: 'replayed', isHeld: true });
    await world.run(seconds(10));

    expect(world.delivery().status).toBe('held');
  });

  it('to a URL that is not registered asks for no endpoint', async () => {
    const world = outboundWorld(() => refused(404));
    await world.publish({ ...event, endpoint: { id: 'direct', url: 'https://other.example/' } });
    await world.run(seconds(60));

    expect(await world.replay(world.delivery().id)).toMatchObject({ kind: 'replayed', isHeld: false });
  });
});

describe('a recovery of an endpoint that is made anew', () => {
  const span = { since: start, until: start };

  it('counts what was for the one before, and refuses it', async () => {
    const { world, current } = await failedAt('anew');
    world.advance(seconds(1));
    await world.recoveries.create({
      ...{ id: 'rec_1', tenant: 'acme', endpointId: 'ep_1', status: 'running' },
      ...{ since: start, until: world.now(), estimate: { count: 0, isExact: true }, replayed: 0, refused: 0 },
      ...{ place: firstPlace(start), createdAt: world.now(), updatedAt: world.now() },
    });

    const estimate = await estimateFailed(await current(), span, () => true, world.table);
    await recover(['rec_1'], () => true, world.sweepPorts);

    expect(estimate).toEqual({ count: 0, isExact: true, ofEarlierEndpoint: 1 });
    expect(await world.recoveries.read('rec_1')).toMatchObject({
      ...{ status: 'done', replayed: 0, refused: 1, ofEarlierEndpoint: 1 },
    });
  });

  it('sends it on purpose, with what the deletion discarded', async () => {
    const { world, current, remake, toNew } = await anewWithinATick(({ url }) =>
      url === newUrl ? accepted : refused(404),
    );
    await world.publish(event);
    await world.run(seconds(60));
    await world.publish({ ...event, id: 'e2' });
    await remake();
    await world.run(seconds(60));
    world.advance(seconds(1));
    const options = { toCurrentEndpoint: true };
    await world.recoveries.create({
      ...{ id: 'rec_1', tenant: 'acme', endpointId: 'ep_1', status: 'running', ...options },
      ...{ since: start, until: world.now(), estimate: { count: 0, isExact: true }, replayed: 0, refused: 0 },
      ...{ place: firstPlace(start), createdAt: world.now(), updatedAt: world.now() },
    });

    const until = world.now();
    const estimate = await estimateFailed(
      await current(),
      { since: start, until },
      () => true,
      world.table,
      options,
    );
    await recover(['rec_1'], () => true, world.sweepPorts);
    await world.run(seconds(60));

    expect(estimate).toMatchObject({ count: 2, ofEarlierEndpoint: 0 });
    expect(await world.recoveries.read('rec_1')).toMatchObject({ replayed: 2, refused: 0 });
    expect(toNew()).toHaveLength(2);
  });
});

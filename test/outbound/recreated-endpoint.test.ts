import { describe, expect, it } from 'vitest';
import { seconds } from '../../lambdas/domain/time.ts';
import { newEndpoint } from '../support/fixtures/new-endpoint.ts';
import { refused, start } from '../support/fixtures/outbound.ts';
import { outboundWorld } from '../support/worlds/outbound-world.ts';
import { anewWithinATick, event } from '../support/worlds/recreated-endpoint.ts';

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
    const take: typeof world.limiter.take = async (...args) => {
      asked.takes++;
      return world.limiter.take(...args);
    };
    const ports = { ...world.deliverPorts, limiter: { ...world.limiter, take } };

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

import { describe, expect, it } from 'vitest';
import { seconds } from '../../lambdas/domain/time.ts';
import { newEndpoint } from '../support/fixtures/new-endpoint.ts';
import { refused, start } from '../support/fixtures/outbound.ts';
import { outboundWorld } from '../support/worlds/outbound-world.ts';
import { event, readBefore, recreatedWithinATick } from '../support/worlds/recreated-endpoint.ts';

const discarded = { status: 'discarded', lastError: 'its endpoint was deleted' };

describe('an endpoint that is created again under its id, within one tick of every clock', () => {
  it('an endpoint that is created again gets no delivery that waits for its first attempt', async () => {
    const { world, remake, toNew } = await recreatedWithinATick();
    await world.publish(event);
    await remake();

    await world.run(seconds(600));

    expect(world.delivery()).toMatchObject(discarded);
    expect(toNew()).toEqual([]);
  });

  it('an endpoint that is created again gets no delivery that waits for its next attempt', async () => {
    const { world, remake, toNew } = await recreatedWithinATick(() => refused(503));
    await world.publish(event);
    await world.deliverOnce();
    await remake();

    await world.run(seconds(600));

    expect(world.delivery()).toMatchObject({ ...discarded, attempts: 1 });
    expect(toNew()).toEqual([]);
  });

  it.each(['enabled', 'disabled'] as const)(
    'an endpoint that is created again gets no held delivery, while it is %s',
    async (status) => {
      const { world, current, remake, toNew } = await recreatedWithinATick();
      await world.endpoints.disable(await current(), { reason: 'manual', at: start });
      await world.publish(event);
      expect(world.delivery().status).toBe('held');
      await remake({ status });

      await world.run(seconds(7_200));

      expect(world.delivery()).toMatchObject(discarded);
      expect(toNew()).toEqual([]);
    },
  );

  it('an endpoint that is created again gets nothing while it is disabled, and old deliveries are discarded, not held', async () => {
    const { world, remake } = await recreatedWithinATick();
    await world.publish(event);
    await remake({ status: 'disabled' });

    await world.run(seconds(60));

    expect(world.delivery()).toMatchObject(discarded);
  });

  it('an endpoint that is created again gets nothing from a worker that read the earlier one and learns of it late', async () => {
    const { world, current, remake, toNew } = await recreatedWithinATick(() => refused(503));
    await world.publish(event);
    const before = await current();
    await remake();
    const stale = { ...readBefore(world.endpoints, before), read: async () => before };

    await world.deliverOnce({ ...world.deliverPorts, endpoints: stale });
    await world.run(seconds(600));

    expect(world.delivery()).toMatchObject({ ...discarded, attempts: 1 });
    expect(toNew()).toEqual([]);
  });

  it('an endpoint that is created again gets its own events, even from a worker that read the earlier one, or none', async () => {
    for (const isKnown of [true, false]) {
      const { world, current, remake, toNew } = await recreatedWithinATick();
      const before = await current();
      await remake();
      await world.publish({ ...event, id: 'e2' });
      const endpoints = readBefore(world.endpoints, isKnown ? before : undefined);

      await world.deliverOnce({ ...world.deliverPorts, endpoints });
      await world.run(seconds(600));

      expect(world.delivery()).toMatchObject({ status: 'delivered', generation: 'gen_2' });
      expect(toNew()).toHaveLength(1);
    }
  });

  it('an endpoint that is created again gets its own events from a task without a generation', async () => {
    const { world, current, remake, toNew } = await recreatedWithinATick();
    const before = await current();
    await remake();
    await world.publish(event);
    await world.recordAnnounced();
    const { id } = world.delivery();
    world.deliveryQueue.purge();
    const task = { v: 1, deliveryId: id, attempt: 1, tenant: 'acme', endpointId: 'ep_1' };
    await world.deliveryQueue.send({ body: JSON.stringify(task) });
    const endpoints = readBefore(world.endpoints, before);

    await world.deliverOnce({ ...world.deliverPorts, endpoints });
    await world.run(seconds(600));

    expect(world.delivery().status).toBe('delivered');
    expect(toNew()).toHaveLength(1);
  });

  it('an endpoint that is created again is not disabled, and keeps its note, despite outcomes of the earlier one', async () => {
    const { world, current, remake } = await recreatedWithinATick();
    const before = await current();
    await remake();

    expect(await world.endpoints.disable(before, { reason: 'gone', at: start })).toBeUndefined();
  });

  it('an endpoint that is created again loses no slot to discarded deliveries', async () => {
    const { world, remake } = await recreatedWithinATick();
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
  it('a delivery from before there were generations goes to its endpoint, which has none either', async () => {
    const world = outboundWorld();
    await world.endpoints.create(newEndpoint(start));
    await world.publish(event);
    await world.recordAnnounced();
    const { generation: _, ...old } = world.delivery();
    world.table.deliveries.set(old.id, old);

    await world.run(seconds(60));

    expect(world.delivery().status).toBe('delivered');
  });

  it('a delivery from before there were generations is distinguished by time from those of a later endpoint', async () => {
    const { world, remake, toNew } = await recreatedWithinATick();
    await world.publish(event);
    await world.recordAnnounced();
    const { generation: _, ...old } = world.delivery();
    world.table.deliveries.set(old.id, old);
    world.advance(seconds(11));
    await remake();

    await world.run(seconds(60));

    expect(world.delivery()).toMatchObject(discarded);
    expect(toNew()).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../lambdas/domain/endpoint.ts';
import { days, seconds } from '../../lambdas/domain/time.ts';
import { sweep } from '../../lambdas/outbound/sweep.ts';
import { newEndpoint } from '../fakes/new-endpoint.ts';
import { accepted, down, outboundSettings, outboundWorld, refused, start } from '../fakes/outbound-world.ts';

const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {} };

async function worldWith(answer: Parameters<typeof outboundWorld>[0] = () => accepted) {
  const world = outboundWorld(answer);
  const endpoint = newEndpoint(start);
  await world.endpoints.create(endpoint);
  const read = async (): Promise<Endpoint> => (await world.endpoints.read('acme', 'ep_1')) ?? endpoint;
  return {
    world,
    read,
    disable: async () => world.endpoints.disable(await read(), { reason: 'manual', at: world.now() }),
    enable: async () => world.endpoints.enable(await read(), world.now()),
    remove: async () => world.endpoints.remove(await read()),
  };
}

describe('a delivery to a disabled endpoint', () => {
  it('is held, and goes out when it is enabled', async () => {
    const { world, disable, enable } = await worldWith();
    await disable();
    await world.publish(event);
    await world.run(seconds(3_000));
    expect(world.delivery()).toMatchObject({ status: 'held', attempts: 0 });
    expect(world.requests).toEqual([]);

    await enable();
    await world.run(seconds(120));

    expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 1 });
    expect(world.delivery().heldAt).toBeUndefined();
  });

  it('is held when it is disabled between two attempts, and keeps what was tried', async () => {
    const { world, disable, enable } = await worldWith((_request, count) =>
      count === 1 ? refused(503) : accepted,
    );
    await world.publish(event);
    await world.deliverOnce();
    await disable();
    await world.run(seconds(60));
    expect(world.delivery()).toMatchObject({ status: 'held', attempts: 1 });

    await enable();
    await world.run(seconds(120));

    expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 2 });
  });

  it('is not held while somebody’s request is under way', async () => {
    const { world, disable } = await worldWith();
    await world.publish(event);
    await world.dieInRequest();
    await disable();
    const { id, tenant, endpointId } = world.delivery();
    const body = JSON.stringify({ v: 1, deliveryId: id, attempt: 1, tenant, endpointId });
    await world.deliveryQueue.send({ body });

    await world.deliverOnce();
    expect(world.delivery().status).toBe('pending');
    await world.run(seconds(600));

    expect(world.delivery().status).toBe('held');
  });

  it('that is held by λ publish just as it is enabled goes out at once', async () => {
    const { world, disable, enable, read } = await worldWith();
    await disable();
    const create: typeof world.table.create = async (delivery) => {
      const made = await world.table.create(delivery);
      await enable();
      await world.endpoints.attended(await read());
      return made;
    };
    const ports = { ...world.publishPorts, deliveries: { ...world.table, create } };

    await world.publishQueue.send({ body: JSON.stringify(event) });
    await world.workOffPublishQueue(ports);
    await world.run(seconds(10));

    expect(world.delivery().status).toBe('delivered');
  });

  it('that a slow worker holds just as it is enabled goes out at once', async () => {
    const { world, disable, enable, read } = await worldWith();
    await world.publish(event);
    await disable();
    const hold: typeof world.table.hold = async (...args) => {
      const held = await world.table.hold(...args);
      await enable();
      await world.endpoints.attended(await read());
      return held;
    };

    await world.deliverOnce({ ...world.deliverPorts, deliveries: { ...world.table, hold } });
    await world.run(seconds(10));

    expect(world.delivery().status).toBe('delivered');
  });

  it('is released by the sweep until nothing has been held for a minute', async () => {
    const { world, disable, enable, read } = await worldWith();
    await disable();
    await world.publish(event);
    await enable();

    expect(await world.sweep()).toMatchObject({ released: 1 });
    expect(await read()).toMatchObject({ attentionAt: start, heldEmptyAt: start });
    world.advance(seconds(59));
    await world.sweep();
    expect(await read()).toMatchObject({ attentionAt: start });
    world.advance(seconds(1));
    await world.sweep();
    expect((await read()).attentionAt).toBeUndefined();
  });

  it('is released for a minute more when another one appears after nothing was held', async () => {
    const { world, disable, enable, read } = await worldWith();
    await disable();
    await enable();
    await world.sweep();
    world.advance(seconds(60));
    await world.publish(event);
    await world.table.hold(world.delivery(), world.now(), world.now());

    expect(await world.sweep()).toMatchObject({ released: 1 });

    expect(await read()).toMatchObject({ heldEmptyAt: world.now() });
    expect(world.delivery().status).toBe('pending');
  });

  it('is not counted as never attempted while it has its turn before it', async () => {
    const { world, disable, enable } = await worldWith();
    await disable();
    await world.publish(event);
    await enable();
    await world.sweep();
    const atOnce = world.deliveryQueue.contents().length;

    world.advance(seconds(299));
    await world.sweep();

    expect(world.deliveryQueue.contents()).toHaveLength(atOnce);
    expect(world.report.total('DeliveriesNeverAttempted')).toBe(0);
    world.deliveryQueue.purge();
    await world.run(seconds(120));
    expect(world.report.total('DeliveriesNeverAttempted')).toBe(1);
    expect(world.delivery().status).toBe('delivered');
  });

  it('goes out though another endpoint cannot be seen to', async () => {
    const { world, disable, enable } = await worldWith();
    await world.endpoints.create(newEndpoint(start, { id: 'ep_0', eventTypes: ['none'] }));
    const other = await world.endpoints.read('acme', 'ep_0');
    if (other) await world.endpoints.disable(other, { reason: 'manual', at: start });
    await disable();
    await world.publish(event);
    await enable();
    const read: typeof world.endpoints.read = async (tenant, id) =>
      id === 'ep_0' ? down() : world.endpoints.read(tenant, id);

    const ports = { ...world.sweepPorts, endpoints: { ...world.endpoints, read } };
    const swept = await sweep(outboundSettings.deliveryRetention, () => true, ports);

    expect(swept).toMatchObject({ released: 1 });
    expect(world.report.named('endpoint.unattended')).toMatchObject([{ endpointId: 'ep_0' }]);
  });

  it('is discarded with the reason when it is deleted', async () => {
    const { world, disable, remove } = await worldWith();
    await world.publish(event);
    await disable();
    await world.deliverOnce();
    await remove();

    await world.run(seconds(3_700));

    expect(world.delivery()).toMatchObject({ status: 'discarded', lastError: 'its endpoint was deleted' });
    expect(world.report.total('DeliveriesDiscarded')).toBe(1);
  });

  it.each([true, false])(
    'does not go to another one that is made under the same id, held: %s',
    async (isHeld) => {
      const { world, disable, remove } = await worldWith();
      await world.publish(event);
      if (isHeld) {
        await disable();
        await world.deliverOnce();
      }
      await remove();
      world.advance(seconds(11));
      await world.endpoints.create(newEndpoint(world.now(), { url: 'https://new.example/' }));

      await world.run(seconds(3_700));

      expect(world.requests).toEqual([]);
      expect(world.delivery()).toMatchObject({
        ...{ status: 'discarded', lastError: 'its endpoint was deleted' },
        ...{ expiresAt: expect.any(Number) },
      });
      expect(world.delivery().dueAt).toBeUndefined();
      expect(world.report.total('DeliveriesDiscarded')).toBe(1);
    },
  );

  it('is discarded at once when its task meets the deleted endpoint', async () => {
    const { world, remove } = await worldWith();
    await world.publish(event);
    await remove();

    await world.deliverOnce();

    expect(world.delivery()).toMatchObject({ status: 'discarded', lastError: 'its endpoint was deleted' });
    expect(world.requests).toEqual([]);
  });

  it('waits for 30 days, then it is discarded; nothing of it expires before', async () => {
    const { world, disable } = await worldWith();
    await disable();
    await world.publish(event);

    await world.run(days(29));
    expect(world.delivery().status).toBe('held');
    expect(world.delivery().expiresAt).toBeUndefined();
    await world.run(days(3));

    expect(world.delivery()).toMatchObject({
      status: 'discarded',
      lastError: 'held for 30 days, its endpoint disabled',
    });
    const expiresAt = world.delivery().expiresAt ?? Number.POSITIVE_INFINITY;
    expect(world.events.events.get('acme#e1')?.expiresAt).toBeGreaterThan(expiresAt);
  });

  it('can be replayed when it was discarded', async () => {
    const { world, disable, enable } = await worldWith();
    await disable();
    await world.publish(event);
    await world.run(days(32));
    await enable();

    await world.replay(world.delivery().id);
    await world.run(seconds(60));

    expect(world.delivery()).toMatchObject({ status: 'delivered', round: 2 });
  });
});

describe('an endpoint that answers 410', () => {
  it('at the URL that it had before is not disabled: the new one has not said so', async () => {
    const { world, read } = await worldWith();
    await world.publish(event);
    const post: typeof world.deliverPorts.post = async () => {
      const { url: _, ...settings } = await read();
      await world.endpoints.changeSettings(await read(), { ...settings, url: 'https://new.example' }, start);
      return { kind: 'gone', status: 410 };
    };

    await world.deliverOnce({ ...world.deliverPorts, post });

    expect(await read()).toMatchObject({ status: 'enabled', url: 'https://new.example' });
  });

  it('is disabled at once; that delivery is failed, the others are held, and the operators are told', async () => {
    const { world, read } = await worldWith(() => ({ kind: 'gone', status: 410 }));
    await world.publish(event);
    await world.run(seconds(5));
    await world.publish({ ...event, id: 'e2' });
    await world.run(seconds(60));

    const [first, second] = [...world.table.deliveries.values()];
    expect(first).toMatchObject({ status: 'failed', lastError: 'answered 410' });
    expect(second).toMatchObject({ status: 'held', attempts: 0 });
    expect(await read()).toMatchObject({ status: 'disabled', disabled: { reason: 'gone' } });
    const [disabled] = world.operations.filter(({ type }) => type === 'endpoint.disabled');
    expect(JSON.parse(disabled?.body ?? '')).toMatchObject({
      ...{ v: 1, tenant: 'acme', endpointId: 'ep_1', reason: 'gone', host: 'acme.example' },
      event: { id: 'e1', type: 'invoice.paid' },
      lastAttempt: { number: 1, outcome: 'answered 410' },
      nextStep: expect.stringContaining('endpoints enable acme ep_1'),
    });
  });

  it('is told by the sweep when whoever disabled it could not', async () => {
    const { world } = await worldWith(() => ({ kind: 'gone', status: 410 }));
    const tellOperators = () => Promise.reject(new Error('down'));
    await world.publish(event);

    await world.deliverOnce({ ...world.deliverPorts, tellOperators });
    expect(world.operations).toEqual([]);
    await world.run(seconds(120));

    expect(world.operations.map(({ type }) => type).toSorted()).toEqual([
      'delivery.exhausted',
      'endpoint.disabled',
    ]);
  });
});

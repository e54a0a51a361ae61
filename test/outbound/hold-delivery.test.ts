import { describe, expect, it } from 'vitest';
import { asEndpointId, asTenantId } from '../../lambdas/domain/ids.ts';
import { later, seconds } from '../../lambdas/domain/time.ts';
import { heldCheckAt } from '../../lambdas/outbound/hold-delivery.ts';
import { oneRun } from '../../lambdas/outbound/release-waiting.ts';
import { releaseAll } from '../../lambdas/outbound/sweep/release-held.ts';
import { sweep } from '../../lambdas/outbound/sweep/sweep.ts';
import { newEndpoint } from '../support/fixtures/new-endpoint.ts';
import { accepted, down, outboundSettings, refused, start } from '../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../support/worlds/one-endpoint.ts';

const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {} };

describe('a delivery to a disabled endpoint', () => {
  it('a delivery to a disabled endpoint is held, and sent when the endpoint is enabled', async () => {
    const { world, disable, enable } = await worldWithOneEndpoint();
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

  it('a delivery whose endpoint is disabled between two attempts is held, and keeps its attempts', async () => {
    const { world, disable, enable } = await worldWithOneEndpoint((_request, count) =>
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

  it('is not held while a request of it is under way, and its task comes back', async () => {
    const { world, disable } = await worldWithOneEndpoint();
    await world.publish(event);
    await world.dieInRequest();
    await disable();
    const { id, tenant, endpointId } = world.delivery();
    const body = JSON.stringify({ v: 1, deliveryId: id, attempt: 1, tenant, endpointId });
    await world.deliveryQueue.send({ body });

    await world.deliverOnce();
    expect(world.delivery().status).toBe('pending');
    expect(world.deliveryQueue.contents()).toHaveLength(2);
    await world.run(seconds(600));

    expect(world.delivery().status).toBe('held');
  });

  it.each([
    ['a tenant', event],
    ['one endpoint', { ...event, endpoint: { id: 'ep_1' } }],
  ])(
    'a delivery that λ publish holds just as its endpoint is enabled is sent at once, published to %s',
    async (_to, published) => {
      const { world, disable, enable, read } = await worldWithOneEndpoint();
      await disable();
      const create: typeof world.table.create = async (delivery) => {
        const made = await world.table.create(delivery);
        await enable();
        await world.endpoints.reconciled(await read());
        return made;
      };
      const ports = { ...world.publishPorts, deliveries: { ...world.table, create } };

      await world.publishQueue.send({ body: JSON.stringify(published) });
      await world.workOffPublishQueue(ports);
      await world.run(seconds(10));

      expect(world.delivery().status).toBe('delivered');
    },
  );

  it('a delivery that a slow worker holds just as its endpoint is enabled is sent at once', async () => {
    const { world, disable, enable, read } = await worldWithOneEndpoint();
    await world.publish(event);
    await disable();
    const hold: typeof world.table.hold = async (...args) => {
      const held = await world.table.hold(...args);
      await enable();
      await world.endpoints.reconciled(await read());
      return held;
    };

    await world.deliverOnce({ ...world.deliverPorts, deliveries: { ...world.table, hold } });
    await world.run(seconds(10));

    expect(world.delivery().status).toBe('delivered');
  });

  it('goes out at once when a task of it finds its endpoint enabled and nothing left to release', async () => {
    const { world, disable, enable, read } = await worldWithOneEndpoint();
    await world.publish(event);
    await world.recordAnnounced();
    await disable();
    await world.table.hold(world.delivery(), world.now(), later(world.now(), seconds(3_600)));
    await enable();
    await world.endpoints.reconciled(await read());

    await world.run(seconds(10));

    expect(world.delivery().status).toBe('delivered');
  });

  it('goes out at once though the response to its release was lost, and the client wrote it again', async () => {
    const { world, disable, enable } = await worldWithOneEndpoint();
    await disable();
    await world.publish(event);
    await enable();
    const release: typeof world.table.release = async (...args) => {
      await world.table.release(...args);
      return world.table.release(...args);
    };

    await world.sweep({ ...world.sweepPorts, deliveries: { ...world.table, release } });
    await world.run(seconds(10));

    expect(world.delivery().status).toBe('delivered');
  });

  it('a held delivery that another worker has released gets one task, from that worker', async () => {
    const { world, disable, enable } = await worldWithOneEndpoint();
    await world.publish(event);
    await disable();
    await world.deliverOnce();
    await enable();
    const release: typeof world.table.release = async (seen, now, dueAt) => {
      await world.table.release(seen, now, later(dueAt, seconds(1)));
      return world.table.release(seen, now, dueAt);
    };

    await sweep(outboundSettings.deliveryRetention, () => true, {
      ...world.sweepPorts,
      deliveries: { ...world.table, release },
    });

    expect(world.delivery().status).toBe('pending');
    expect(world.deliveryQueue.contents()).toEqual([]);
  });

  it('held deliveries are looked at after an hour, then after twice as long each time, up to a day', () => {
    const hours = [0, 1, 2, 3, 4, 5, 9].map((sweeps) => (heldCheckAt(start, sweeps) - start) / 3_600_000);

    expect(hours).toEqual([1, 2, 4, 8, 16, 24, 24]);
  });

  it('held deliveries are released by the sweep until none has been held for a minute', async () => {
    const { world, disable, enable, read } = await worldWithOneEndpoint();
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

  it('held deliveries are released for a minute more if another one appears', async () => {
    const { world, disable, enable, read } = await worldWithOneEndpoint();
    await disable();
    await enable();
    await world.sweep();
    world.advance(seconds(60));
    await world.publish(event);
    await world.recordAnnounced();
    await world.table.hold(world.delivery(), world.now(), later(world.now(), seconds(3_600)));

    expect(await world.sweep()).toMatchObject({ released: 1 });

    expect(await read()).toMatchObject({ heldEmptyAt: world.now() });
    expect(world.delivery().status).toBe('pending');
  });

  it('is released for a minute more when a sweep runs out of time before it knows that nothing is held', async () => {
    const { world, disable, enable, read } = await worldWithOneEndpoint();
    await disable();
    await enable();
    await world.sweep();
    expect(await read()).toMatchObject({ heldEmptyAt: start });

    const noTime = oneRun(await read(), () => false);
    await releaseAll(await read(), outboundSettings.deliveryRetention, noTime, world.sweepPorts);

    expect((await read()).heldEmptyAt).toBeUndefined();
  });

  it('a held delivery is not counted as never attempted before its first attempt', async () => {
    const { world, disable, enable } = await worldWithOneEndpoint();
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

  it('a held delivery is sent even if another endpoint cannot be reconciled', async () => {
    const { world, disable, enable } = await worldWithOneEndpoint();
    await world.endpoints.create(newEndpoint(start, { id: 'ep_0', eventTypes: ['none'] }));
    const other = await world.endpoints.read(asTenantId('acme'), asEndpointId('ep_0'));
    if (other) await world.endpoints.disable(other, { reason: 'manual', at: start });
    await disable();
    await world.publish(event);
    await enable();
    const read: typeof world.endpoints.read = async (tenant, id) =>
      id === 'ep_0' ? down() : world.endpoints.read(tenant, id);

    const ports = { ...world.sweepPorts, endpoints: { ...world.endpoints, read } };
    const swept = await sweep(outboundSettings.deliveryRetention, () => true, ports);

    expect(swept).toMatchObject({ released: 1 });
    expect(world.report.named('endpoint.reconcile-failed')).toMatchObject([{ endpointId: 'ep_0' }]);
  });
});

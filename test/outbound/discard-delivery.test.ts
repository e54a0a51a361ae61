import { describe, expect, it } from 'vitest';
import { days, seconds } from '../../lambdas/domain/time.ts';
import { newEndpoint } from '../support/fixtures/new-endpoint.ts';
import { worldWithOneEndpoint } from '../support/worlds/one-endpoint.ts';

const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {} };

describe('a delivery whose endpoint is deleted, or disabled for good', () => {
  it('a delivery whose endpoint is deleted is discarded with the reason', async () => {
    const { world, disable, remove } = await worldWithOneEndpoint();
    await world.publish(event);
    await disable();
    await world.deliverOnce();
    await remove();

    await world.run(seconds(3_700));

    expect(world.delivery()).toMatchObject({ status: 'discarded', lastError: 'its endpoint was deleted' });
    expect(world.report.total('DeliveriesDiscarded')).toBe(1);
  });

  it.each([true, false])(
    'a delivery whose endpoint is deleted does not go to another one with the same id, held: %s',
    async (isHeld) => {
      const { world, disable, remove } = await worldWithOneEndpoint();
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
        status: 'discarded',
        lastError: 'its endpoint was deleted',
        expiresAt: expect.any(Number),
      });
      expect(world.delivery().dueAt).toBeUndefined();
      expect(world.report.total('DeliveriesDiscarded')).toBe(1);
    },
  );

  it('a delivery is discarded at once when its task finds the endpoint deleted', async () => {
    const { world, remove } = await worldWithOneEndpoint();
    await world.publish(event);
    await remove();

    await world.deliverOnce();

    expect(world.delivery()).toMatchObject({ status: 'discarded', lastError: 'its endpoint was deleted' });
    expect(world.requests).toEqual([]);
  });

  it('a task of a deleted endpoint comes back while another worker has its delivery', async () => {
    const { world, remove } = await worldWithOneEndpoint();
    await world.publish(event);
    await world.dieInRequest();
    await world.deliveryQueue.send({ body: world.deliveryQueue.contents()[0] ?? '' });
    await remove();

    await world.deliverOnce();

    expect(world.deliveryQueue.contents()).toHaveLength(2);
    expect(world.delivery().status).toBe('pending');
  });

  it('a delivery to a disabled endpoint is held for 30 days without expiry, then discarded', async () => {
    const { world, disable } = await worldWithOneEndpoint();
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

  it('a discarded delivery can be replayed', async () => {
    const { world, disable, enable } = await worldWithOneEndpoint();
    await disable();
    await world.publish(event);
    await world.run(days(32));
    await enable();

    await world.replay(world.delivery().id);
    await world.run(seconds(60));

    expect(world.delivery()).toMatchObject({ status: 'delivered', round: 2 });
  });
});

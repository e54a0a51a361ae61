import { describe, expect, it } from 'vitest';
import { asDeliveryId } from '../../lambdas/domain/ids.ts';
import { seconds } from '../../lambdas/domain/time.ts';
import { outboundSettings, refused, start } from '../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../support/worlds/one-endpoint.ts';

const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {} };
type World = Awaited<ReturnType<typeof worldWithOneEndpoint>>['world'];

/** When the event and the record of its delivery expire, in days from the publication. */
function kept(world: World) {
  const day = (expiresAt = 0) => (expiresAt - start / 1000) / 86_400;
  return {
    event: day(world.events.events.get('acme#e1')?.expiresAt),
    delivery: day(world.delivery().expiresAt),
  };
}

describe('an event is kept for as long as the records of its deliveries', () => {
  it('an event whose delivery succeeds at once is kept as published: a day longer than the record', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(event);
    await world.deliverOnce();

    expect(kept(world)).toEqual({ event: 8, delivery: 7 });
    expect(world.delivery().eventExpiresAt).toBe(world.events.events.get('acme#e1')?.expiresAt);
  });

  it('an event whose delivery succeeds late is kept for longer', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(event);
    world.advance(seconds(1.25 * 86_400));

    await world.deliverOnce();

    expect(kept(world)).toEqual({ event: 9.25, delivery: 8.25 });
  });

  it('an event whose delivery fails is kept for a month and a day', async () => {
    const { world } = await worldWithOneEndpoint(() => refused(404));
    await world.publish(event);

    await world.deliverOnce();

    expect(kept(world)).toEqual({ event: 31, delivery: 30 });
  });

  it('an event whose delivery is discarded is kept for a month and a day', async () => {
    const { world, remove } = await worldWithOneEndpoint();
    await world.publish(event);
    await remove();
    world.advance(seconds(11));

    await world.deliverOnce();

    expect(world.delivery().status).toBe('discarded');
    const { event: ofEvent, delivery } = kept(world);
    expect(ofEvent).toBeCloseTo(delivery + 1, 5);
  });

  it('an event can be replayed until the record of its failure expires', async () => {
    const { world } = await worldWithOneEndpoint(() => refused(404));
    await world.publish(event);
    await world.deliverOnce();
    world.advance(seconds(outboundSettings.deliveryRetention - 60));
    world.db.expire();

    const replayed = await world.replay(asDeliveryId(world.delivery().id));

    expect(replayed.kind).toBe('replayed');
  });
});

import { expect, it } from 'vitest';
import { seconds } from '../../lambdas/domain/time.ts';
import { replayDelivery } from '../../lambdas/outbound/replay.ts';
import { accepted, refused } from '../support/fixtures/outbound.ts';
import { outboundWorld } from '../support/worlds/outbound-world.ts';
import { asDelivery } from '../support/worlds/stored-delivery.ts';

it('a replay that comes after the whole of another one lets the event expire with its delivery', async () => {
  const world = outboundWorld((_request, count) => (count === 1 ? refused(404) : accepted));
  await world.publish({
    id: 'inv-42',
    type: 'invoice.paid',
    data: {},
    endpoint: { id: 'acme', url: 'https://acme.example/hooks' },
  });
  await world.run(seconds(60));
  const seen = world.delivery();
  await world.replay(seen.id);
  await world.run(seconds(60));

  const late = await replayDelivery(seen.id, world.now(), {
    deliveries: { ...world.table, read: async () => asDelivery(seen) },
    endpoints: world.endpoints,
    events: world.events,
    sendTask: world.deliveryQueue.send,
  });

  expect(late).toMatchObject({ kind: 'refused' });
  expect(world.delivery()).toMatchObject({ status: 'delivered', round: 2 });
  expect(world.events.events.get('#inv-42')?.expiresAt).toBeGreaterThan(
    world.delivery().expiresAt ?? Number.POSITIVE_INFINITY,
  );
});

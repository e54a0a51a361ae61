import { expect, it } from 'vitest';
import { asDeliveryId, asTenantId } from '../../lambdas/domain/ids.ts';
import { later, seconds } from '../../lambdas/domain/time.ts';
import { releasePages, releaseWaiting } from '../../lambdas/outbound/release-waiting.ts';
import { endpointHashOf } from '../support/fixtures/ids.ts';
import { down, refused } from '../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../support/worlds/one-endpoint.ts';

const event = { id: 'e1', type: 'invoice.paid', tenant: asTenantId('acme'), data: {} };

it('a release ends when the index shows only what is released already', async () => {
  let pages = 0;
  const pageOf = async () => {
    pages++;
    return [asDeliveryId('d')];
  };

  expect(
    await releasePages(
      pageOf,
      async () => false,
      () => pages < 10,
    ),
  ).toEqual({
    released: 0,
    isEmpty: false,
  });
  expect(pages).toBe(1);
});

it('a release leaves a delivery alone that began to wait after it, though the index shows an earlier wait', async () => {
  const { world, read } = await worldWithOneEndpoint(() => refused(503));
  await world.publish(event);
  await world.deliverOnce();
  const { id, waitsSince, nextAttemptAt } = world.delivery();
  const waitingOf = async () => [id];
  const ports = { ...world.sweepPorts, deliveries: { ...world.table, waitingOf } };

  await releaseWaiting(await read(), later(waitsSince ?? world.now(), seconds(-1)), () => true, ports);

  expect(world.delivery().nextAttemptAt).toBe(nextAttemptAt);
});

it('a success by hand stays recorded and acknowledged, though the release after it cannot be noted', async () => {
  const { world } = await worldWithOneEndpoint();
  world.limiter.limiter.set(endpointHashOf('acme', 'ep_1'), {
    slots: {},
    failures: 5,
    probes: 0,
    openUntil: later(world.now(), seconds(300)),
  });
  await world.publish({ ...event, endpoint: { id: 'ep_1' }, byHand: 'test' });
  const endpoints = { ...world.endpoints, resumeEndpoint: down };

  await world.deliverOnce({ ...world.deliverPorts, endpoints });

  expect(world.delivery().status).toBe('delivered');
  expect(world.deliveryQueue.contents()).toEqual([]);
});

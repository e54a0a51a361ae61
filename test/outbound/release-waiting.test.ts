import { expect, it } from 'vitest';
import { asDeliveryId, asTenantId } from '../../lambdas/domain/ids.ts';
import { later, seconds } from '../../lambdas/domain/time.ts';
import { oneRun, releasePages, releaseWaiting } from '../../lambdas/outbound/release-waiting.ts';
import { turns } from '../../lambdas/outbound/sweep/turns.ts';
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

  const run = { hasTime: () => pages < 10, atMost: 600, turn: turns(1) };

  expect(await releasePages(pageOf, async () => false, run)).toEqual({
    released: 0,
    isEmpty: false,
  });
  expect(pages).toBe(1);
});

it('a release sends no more than one run may', async () => {
  const pages: number[] = [];
  const held = Array.from({ length: 500 }, (_, nth) => asDeliveryId(`d${nth}`));
  const pageOf = async (limit: number) => {
    pages.push(limit);
    return held.splice(0, limit);
  };
  const run = { hasTime: () => true, atMost: 120, turn: turns(1) };

  expect(await releasePages(pageOf, async () => true, run)).toEqual({ released: 120, isEmpty: false });
  expect(pages).toEqual([50, 50, 20]);
  expect(await releasePages(pageOf, async () => true, { ...run, atMost: 9_999 })).toEqual({
    released: 380,
    isEmpty: true,
  });
});

it('a release leaves a delivery alone that began to wait after it, though the index shows an earlier wait', async () => {
  const { world, read } = await worldWithOneEndpoint(() => refused(503));
  await world.publish(event);
  await world.deliverOnce();
  const { id, waitsSince, nextAttemptAt } = world.delivery();
  const waitingOf = async () => [id];
  const ports = { ...world.sweepPorts, deliveries: { ...world.table, waitingOf } };

  const endpoint = await read();
  const before = later(waitsSince ?? world.now(), seconds(-1));
  await releaseWaiting(
    endpoint,
    before,
    oneRun(endpoint, () => true),
    ports,
  );

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

import { expect, it } from 'vitest';
import { days, later, seconds } from '../../lambdas/domain/time.ts';
import { discardDelivery, recheckHeld } from '../../lambdas/outbound/hold-delivery.ts';
import { oneRun, releaseWaiting } from '../../lambdas/outbound/release-waiting.ts';
import { outboundSettings, refused, start } from '../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../support/worlds/one-endpoint.ts';

const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {} };
const { deliveryRetention } = outboundSettings;

/** A held delivery, of which a worker asks whether it is still held. */
async function held() {
  const { world, disable, enable } = await worldWithOneEndpoint();
  await world.publish(event);
  await disable();
  await world.deliverOnce();
  const recheck = async () => {
    const delivery = await world.table.read(world.delivery().id);
    if (delivery?.status !== 'held') throw new Error('not held');
    return recheckHeld(delivery, deliveryRetention, world.sweepPorts);
  };
  return { world, enable, recheck };
}

it('a delivery is still held while its endpoint is disabled, and not any more when it is enabled', async () => {
  const { enable, recheck } = await held();

  expect(await recheck()).toBe(true);
  await enable();
  expect(await recheck()).toBe(false);
});

it('a delivery is discarded when it has been held for 30 days, to the second', async () => {
  const { world, recheck } = await held();

  world.advance(seconds(days(30) - 1));
  expect(await recheck()).toBe(true);
  world.advance(seconds(1));
  expect(await recheck()).toBe(false);
  expect(world.delivery()).toMatchObject({
    status: 'discarded',
    lastError: expect.stringContaining('30 days'),
  });
});

it('a delivery that cannot be discarded, because a worker has it, is looked at when its lease ends', async () => {
  const { world } = await worldWithOneEndpoint();
  await world.publish(event);
  await world.dieInRequest();
  world.advance(seconds(20));
  const { leaseUntil = start } = world.delivery();

  expect(await discardDelivery(world.delivery(), 'gone', deliveryRetention, world.sweepPorts)).toEqual({
    kind: 'fail',
    after: (leaseUntil - world.now()) / 1000,
  });
});

it('a release sends what began to wait just when it was requested', async () => {
  const { world, read } = await worldWithOneEndpoint(() => refused(503));
  await world.publish(event);
  await world.deliverOnce();
  const endpoint = await read();
  const run = oneRun(endpoint, () => true);
  const requestedAt = world.delivery().waitsSince ?? later(start, seconds(-1));

  expect(await releaseWaiting(endpoint, requestedAt, run, world.sweepPorts)).toMatchObject({ released: 1 });
});

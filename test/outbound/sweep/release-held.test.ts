import { expect, it } from 'vitest';
import { later, seconds } from '../../../lambdas/domain/time.ts';
import { reconcileEndpoints, releaseAll } from '../../../lambdas/outbound/sweep/release-held.ts';
import { outboundSettings, refused, start } from '../../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';

/** An endpoint with one delivery that waits for its next attempt, and one that is held although it is enabled. */
async function oneHeldAndOneWaiting() {
  const { world, read } = await worldWithOneEndpoint(() => refused(503));
  const event = (id: string) => ({ id, type: 'invoice.paid', tenant: 'acme', data: {} });
  await world.publish(event('waiting'));
  await world.deliverOnce();
  await world.publish(event('held'));
  await world.recordAnnounced();
  const held = [...world.table.deliveries.values()].find(({ eventId }) => eventId === 'held');
  if (held === undefined) throw new Error('no delivery to hold');
  await world.table.hold(held, world.now(), later(world.now(), seconds(3_600)));
  const statusOf = (eventId: string) =>
    [...world.table.deliveries.values()]
      .filter((delivery) => delivery.eventId === eventId)
      .map(({ status, waitsSince }) => (waitsSince === undefined ? status : 'waiting'))
      .join();
  /** @param requestedAt when a person said that the endpoint is up */
  const release = async (
    atMost: number,
    { requestedAt = start, hasTime = (): boolean => true, ports = world.sweepPorts } = {},
  ) =>
    releaseAll(
      { ...(await read()), attentionAt: requestedAt },
      outboundSettings.deliveryRetention,
      { hasTime, atMost, turn: (work) => work() },
      ports,
    );
  return { world, release, statusOf };
}

it('a release sends what is held and what waits', async () => {
  const { release, statusOf } = await oneHeldAndOneWaiting();

  expect(await release(10)).toBe(2);
  expect([statusOf('held'), statusOf('waiting')]).toEqual(['pending', 'pending']);
});

it('a release sends no more than the endpoint takes, and what is held first', async () => {
  const { release, statusOf } = await oneHeldAndOneWaiting();

  expect(await release(1)).toBe(1);
  expect([statusOf('held'), statusOf('waiting')]).toEqual(['pending', 'waiting']);
});

it('a release leaves alone what began to wait after it was requested', async () => {
  const { release, statusOf } = await oneHeldAndOneWaiting();

  expect(await release(10, { requestedAt: later(start, seconds(-1)) })).toBe(1);
  expect(statusOf('waiting')).toBe('waiting');
});

it('a release whose time is over before it has looked at what waits goes on in the next sweep', async () => {
  const { world, release } = await oneHeldAndOneWaiting();
  await release(1);
  const turns = [true, false];
  const ends: unknown[] = [];
  const markHeldEmpty: typeof world.endpoints.markHeldEmpty = async (...args) => void ends.push(args);
  const ports = { ...world.sweepPorts, endpoints: { ...world.endpoints, markHeldEmpty } };

  expect(await release(10, { hasTime: () => turns.shift() ?? false, ports })).toBe(0);
  expect(ends).toEqual([]);
});

it('a release that is not done writes nothing to the endpoint', async () => {
  const { world, release } = await oneHeldAndOneWaiting();
  const writes: unknown[] = [];
  const markHeldEmpty: typeof world.endpoints.markHeldEmpty = async (...args) => void writes.push(args);

  await release(1, { ports: { ...world.sweepPorts, endpoints: { ...world.endpoints, markHeldEmpty } } });

  expect(writes).toEqual([]);
});

it('an endpoint that the index still lists, and that needs nothing any more, is left alone', async () => {
  const { world, statusOf } = await oneHeldAndOneWaiting();
  const toReconcile = async () => [...world.endpoints.endpoints.values()];
  const ports = { ...world.sweepPorts, endpoints: { ...world.endpoints, toReconcile } };

  expect(await reconcileEndpoints(outboundSettings.deliveryRetention, () => true, ports)).toBe(0);
  expect(statusOf('held')).toBe('held');
});

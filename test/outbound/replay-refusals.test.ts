import { describe, expect, it } from 'vitest';
import { later, seconds, toUnixSeconds } from '../../lambdas/domain/time.ts';
import { replayDelivery } from '../../lambdas/outbound/replay.ts';
import { message, refused } from '../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../support/worlds/one-endpoint.ts';
import { outboundWorld } from '../support/worlds/outbound-world.ts';

const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {} };

describe('a replay is refused with its reason', () => {
  it('from the second on in which its delivery expires', async () => {
    const world = outboundWorld(() => refused(404));
    await world.publish(message);
    await world.deliverOnce();
    const { id } = world.delivery();
    const expiring = (expiresAt: number) =>
      world.table.deliveries.set(id, { ...world.delivery(), expiresAt } as ReturnType<typeof world.delivery>);

    expiring(toUnixSeconds(world.now()));
    expect(await world.replay(id)).toEqual({
      kind: 'refused',
      cause: 'past-retention',
      reason: `${id} is past its retention`,
    });
    expiring(toUnixSeconds(world.now()) + 1);
    expect(await world.replay(id)).toMatchObject({ kind: 'replayed' });
  });

  it('while its delivery is held', async () => {
    const { world, disable } = await worldWithOneEndpoint();
    await world.publish(event);
    await disable();
    await world.deliverOnce();
    const { id } = world.delivery();

    expect(await world.replay(id)).toEqual({
      kind: 'refused',
      cause: 'unfinished',
      reason: `${id} is held already`,
    });
  });

  it('when another one began the round meanwhile', async () => {
    const world = outboundWorld(() => refused(404));
    await world.publish(message);
    await world.deliverOnce();
    const { id } = world.delivery();
    const reopen: typeof world.table.reopen = async (...args) => {
      await world.table.reopen(...args);
      return world.table.reopen(...args);
    };

    const ports = { ...world.replayPorts, deliveries: { ...world.table, reopen } };
    expect(await replayDelivery(id, world.now(), ports)).toEqual({
      kind: 'refused',
      cause: 'changed-meanwhile',
      reason: `${id} was replayed or delivered in the meantime`,
    });
    expect(world.deliveryQueue.contents()).toEqual([]);
  });

  it('when another one ended its wait meanwhile', async () => {
    const world = outboundWorld(() => refused(503, seconds(600)));
    await world.publish(message);
    await world.deliverOnce();
    world.deliveryQueue.purge();
    const { id } = world.delivery();
    const endWait: typeof world.table.endWait = async (seen, dueAt) => {
      await world.table.endWait(seen, later(dueAt, seconds(1)));
      return world.table.endWait(seen, dueAt);
    };

    const ports = { ...world.replayPorts, deliveries: { ...world.table, endWait } };
    expect(await replayDelivery(id, world.now(), ports)).toMatchObject({
      kind: 'refused',
      cause: 'changed-meanwhile',
    });
    expect(world.deliveryQueue.contents()).toEqual([]);
  });
});

describe('the task of a replay', () => {
  it.each([
    ['hand', 'retry'],
    ['job', undefined],
  ] as const)('by %s has this mark, which passes an open breaker: %s', async (by, byHand) => {
    const { world } = await worldWithOneEndpoint(() => refused(404));
    await world.publish(event);
    await world.deliverOnce();

    expect(await world.replay(world.delivery().id, { by })).toMatchObject({
      kind: 'replayed',
      isHeld: false,
    });
    expect(world.deliveryQueue.contents().map((text) => JSON.parse(text).byHand)).toEqual([byHand]);
  });
});

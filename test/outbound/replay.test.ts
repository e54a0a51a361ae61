import { describe, expect, it } from 'vitest';
import { asDeliveryId } from '../../lambdas/domain/ids.ts';
import { later, seconds } from '../../lambdas/domain/time.ts';
import { replayDelivery } from '../../lambdas/outbound/replay.ts';
import { accepted, down, message, refused } from '../support/fixtures/outbound.ts';
import { outboundWorld } from '../support/worlds/outbound-world.ts';

describe('a replay', () => {
  it('a replay sends a failed delivery again, with a fresh retry schedule, and its attempt log goes on', async () => {
    const world = outboundWorld((_request, count) => (count <= 8 ? refused(503) : accepted));
    await world.publish(message);
    await world.run(seconds(3600));
    const failed = world.delivery();

    expect(await world.replay(failed.id)).toMatchObject({ kind: 'replayed' });
    expect(world.delivery()).toMatchObject({ status: 'pending', round: 2, crashes: 0 });
    expect(world.delivery().dueAt).toBe(later(world.now(), seconds(300)));
    expect(world.delivery().expiresAt).toBeUndefined();
    expect(world.delivery().deadline).toBeGreaterThan(failed.deadline);
    expect(world.events.events.get('#inv-42')?.expiresAt).toBe(world.delivery().eventExpiresAt);
    await world.run(seconds(600));

    expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 9 });
    expect(world.delivery().attemptLog.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(world.events.events.get('#inv-42')?.expiresAt).toBeGreaterThan(
      world.delivery().expiresAt ?? Number.POSITIVE_INFINITY,
    );
  });

  it('a replay of a delivered delivery is another attempt, and two replays are two', async () => {
    const world = outboundWorld();
    await world.publish(message);
    await world.run(seconds(60));

    for (let replay = 0; replay < 2; replay++) {
      await world.replay(world.delivery().id);
      await world.run(seconds(60));
    }

    expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 3, round: 3 });
    expect(world.requests).toHaveLength(3);
  });

  it('a replay is sent by the sweep when its task was lost', async () => {
    const world = outboundWorld((_request, count) => (count === 1 ? refused(404) : accepted));
    await world.publish(message);
    await world.run(seconds(60));

    await world.replay(world.delivery().id);
    world.deliveryQueue.purge();
    await world.run(seconds(420));

    expect(world.delivery().status).toBe('delivered');
    expect(world.report.total('DeliveriesNeverAttempted')).toBe(0);
  });

  it('a replay that fails again ends on the DLQ again', async () => {
    const world = outboundWorld(() => refused(404));
    await world.publish(message);
    await world.run(seconds(60));
    await world.replay(world.delivery().id);
    await world.run(seconds(60));

    expect(world.delivery()).toMatchObject({ status: 'failed', attempts: 2, round: 2 });
    expect(world.undelivered).toHaveLength(2);
  });

  it('a replay of a job is refused while the delivery is pending: a person alone sends what waits', async () => {
    const world = outboundWorld();
    await world.publish(message);
    const { id } = world.delivery();

    const replay = await replayDelivery(id, world.now(), world.replayPorts, { by: 'job' });

    expect(replay).toMatchObject({ kind: 'refused', reason: `${id} is pending already` });
  });

  it('begins no round before its event is kept for it, and sends no task before the round has begun', async () => {
    const world = outboundWorld();
    await world.publish(message);
    await world.run(seconds(60));
    const { id } = world.delivery();
    const { replayPorts, table, events } = world;
    const unkept = { ...replayPorts, events: { ...events, keep: down } };
    const unopened = { ...replayPorts, deliveries: { ...table, reopen: down } };

    await expect(replayDelivery(id, world.now(), unkept)).rejects.toThrow('down');
    expect(world.delivery().round).toBe(1);
    await expect(replayDelivery(id, world.now(), unopened)).rejects.toThrow('down');
    expect(world.deliveryQueue.contents()).toEqual([]);
  });

  it('of a delivery that waits goes out though the response to the end of its wait was lost', async () => {
    const world = outboundWorld((_request, count) => (count === 1 ? refused(503, seconds(600)) : accepted));
    await world.publish(message);
    await world.deliverOnce();
    const endWait: typeof world.table.endWait = async (...args) => {
      await world.table.endWait(...args);
      return world.table.endWait(...args);
    };
    const ports = { ...world.replayPorts, deliveries: { ...world.table, endWait } };

    expect(await replayDelivery(world.delivery().id, world.now(), ports)).toMatchObject({ kind: 'replayed' });
    await world.run(seconds(10));

    expect(world.delivery().status).toBe('delivered');
  });

  it('a replay is refused for an unknown delivery, and for one past its retention', async () => {
    const world = outboundWorld();
    await world.publish(message);
    await world.run(seconds(60));

    expect(await world.replay(asDeliveryId('nobody'))).toMatchObject({
      kind: 'refused',
      reason: 'there is no delivery nobody',
    });
    world.advance(seconds(30 * 86_400));
    expect(await world.replay(world.delivery().id)).toMatchObject({ kind: 'refused' });
  });

  it('two concurrent replays of a delivery count as one', async () => {
    const world = outboundWorld();
    await world.publish(message);
    await world.run(seconds(60));
    const { id } = world.delivery();

    const kinds = (await Promise.all([world.replay(id), world.replay(id)])).map(({ kind }) => kind);
    await world.run(seconds(60));

    expect(kinds.sort()).toEqual(['refused', 'replayed']);
    expect(world.delivery()).toMatchObject({ attempts: 2, round: 2 });
    expect(world.events.events.get('#inv-42')?.expiresAt).toBeGreaterThan(
      world.delivery().expiresAt ?? Number.POSITIVE_INFINITY,
    );
  });
});

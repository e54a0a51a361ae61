import { describe, expect, it } from 'vitest';
import { asDeliveryId } from '../../lambdas/domain/ids.ts';
import { later, seconds } from '../../lambdas/domain/time.ts';
import { replayDelivery } from '../../lambdas/outbound/replay.ts';
import { accepted, message, refused } from '../support/fixtures/outbound.ts';
import { outboundWorld } from '../support/worlds/outbound-world.ts';

describe('a replay', () => {
  it('sends a failed delivery again, with the whole schedule anew, and its log goes on', async () => {
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

  it('of a delivered one is another attempt; two are two', async () => {
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

  it('is sent by the sweep when its task was lost', async () => {
    const world = outboundWorld((_request, count) => (count === 1 ? refused(404) : accepted));
    await world.publish(message);
    await world.run(seconds(60));

    await world.replay(world.delivery().id);
    world.deliveryQueue.purge();
    await world.run(seconds(420));

    expect(world.delivery().status).toBe('delivered');
    expect(world.report.total('DeliveriesNeverAttempted')).toBe(0);
  });

  it('that fails again ends on the DLQ again', async () => {
    const world = outboundWorld(() => refused(404));
    await world.publish(message);
    await world.run(seconds(60));
    await world.replay(world.delivery().id);
    await world.run(seconds(60));

    expect(world.delivery()).toMatchObject({ status: 'failed', attempts: 2, round: 2 });
    expect(world.undelivered).toHaveLength(2);
  });

  it('of a job is refused while the delivery is pending: a person alone sends what waits', async () => {
    const world = outboundWorld();
    await world.publish(message);
    const { id } = world.delivery();

    const replay = await replayDelivery(id, world.now(), world.replayPorts, { by: 'job' });

    expect(replay).toMatchObject({ kind: 'refused', reason: `${id} is pending already` });
  });

  it('is refused for a delivery that nobody knows, and for one past its retention', async () => {
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

  it('by two people at once is one', async () => {
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

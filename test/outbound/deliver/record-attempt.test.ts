import { describe, expect, it } from 'vitest';
import { days, later, seconds, toUnixSeconds } from '../../../lambdas/domain/time.ts';
import { deliver } from '../../../lambdas/outbound/deliver/deliver.ts';
import { accepted, down, message, refused } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

describe('the record of an attempt', () => {
  it('the record of a success is written again when the write failed, without another request', async () => {
    const world = outboundWorld();
    await world.publish(message);
    let failures = 2;
    const record: typeof world.table.record = (...args) =>
      failures-- > 0 ? down() : world.table.record(...args);

    await world.deliverOnce({ ...world.deliverPorts, deliveries: { ...world.table, record } });

    expect(world.delivery().status).toBe('delivered');
    expect(world.requests).toHaveLength(1);
  });

  it('the record of a success that cannot be written goes onto the queue, and is written later without a request', async () => {
    const world = outboundWorld();
    await world.publish(message);

    await world.deliverOnce({ ...world.deliverPorts, deliveries: { ...world.table, record: down } });
    expect(world.delivery().status).toBe('pending');
    await world.run(seconds(600));

    expect(world.delivery()).toMatchObject({
      status: 'delivered',
      attempts: 1,
      attemptLog: [{ n: 1, status: 200 }],
    });
    expect(world.events.events.get('#inv-42')?.expiresAt).toBeGreaterThan(
      world.delivery().expiresAt ?? Number.POSITIVE_INFINITY,
    );
    expect(world.requests).toHaveLength(1);
  });

  it('the record of a success counts even if another worker has claimed since, whose own record then changes nothing', async () => {
    const world = outboundWorld();
    await world.publish(message);
    const slow = Promise.withResolvers<typeof accepted>();
    const first = world.deliverOnce({ ...world.deliverPorts, post: () => slow.promise });
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    world.advance(seconds(451));
    await world.deliverOnce({ ...world.deliverPorts, post: async () => refused(503) });

    slow.resolve(accepted);
    await first;

    expect(world.delivery()).toMatchObject({
      status: 'delivered',
      attempts: 1,
      attemptLog: [
        { n: 1, status: 503 },
        { n: 1, status: 200 },
      ],
    });
    expect(world.delivery().dueAt).toBeUndefined();
    await world.run(seconds(60));
    expect(world.requests).toEqual([]);
  });

  it('the record of a success in an earlier round does not end the round of a replay', async () => {
    const world = outboundWorld();
    await world.publish(message);
    const slow = Promise.withResolvers<typeof accepted>();
    const first = world.deliverOnce({ ...world.deliverPorts, post: () => slow.promise });
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    world.advance(seconds(451));
    await world.deliverOnce({ ...world.deliverPorts, post: async () => refused(404) });
    await world.replay(world.delivery().id);

    slow.resolve(accepted);
    await first;

    expect(world.delivery()).toMatchObject({ status: 'pending', round: 2 });
  });

  it('of a success in an earlier round that waits on the queue does not end the round that a replay began', async () => {
    const world = outboundWorld();
    await world.publish(message);
    const deliveries = { ...world.table, record: down, recordLateSuccess: down };
    await world.deliverOnce({ ...world.deliverPorts, deliveries });
    const { id } = world.delivery();
    const [unrecorded] = world.deliveryQueue.receive(1);
    world.deliveryQueue.purge();
    world.advance(seconds(81));
    await world.table.discard(
      world.delivery(),
      'its endpoint was deleted',
      world.now(),
      toUnixSeconds(later(world.now(), days(1))),
    );
    expect(await world.replay(id)).toMatchObject({ kind: 'replayed' });
    world.deliveryQueue.purge();

    await world.deliveryQueue.send({ body: unrecorded?.text ?? '' });
    await world.deliverOnce();

    expect(world.report.named('delivery.recorded')).toMatchObject([{ record: 'superseded' }]);
    expect(world.delivery()).toMatchObject({ status: 'pending', round: 2, attempts: 0 });
  });

  it('the record of an attempt that the fence refuses fails the message while another worker has the claim', async () => {
    const world = outboundWorld();
    await world.publish(message);
    const slow = Promise.withResolvers<ReturnType<typeof refused>>();
    const [received] = world.deliveryQueue.receive(1);
    const ports = { ...world.deliverPorts, post: () => slow.promise };
    const first = deliver([received!], { queue: 'delivery', hasTime: () => true }, world.settings, ports);
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    world.advance(seconds(451));
    await world.dieInRequest();

    slow.resolve(refused(503));

    expect(await first).toEqual([received!.messageId]);
    expect(world.delivery()).toMatchObject({ status: 'pending', attempts: 0, claims: 2 });
  });

  it('the record of an attempt that the fence refuses acknowledges the message if another worker has recorded it', async () => {
    const world = outboundWorld();
    await world.publish(message);
    const slow = Promise.withResolvers<ReturnType<typeof refused>>();
    const [received] = world.deliveryQueue.receive(1);
    const ports = { ...world.deliverPorts, post: () => slow.promise };
    const first = deliver([received!], { queue: 'delivery', hasTime: () => true }, world.settings, ports);
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    world.advance(seconds(451));
    await world.deliverOnce({ ...world.deliverPorts, post: async () => refused(500) });

    slow.resolve(refused(503));

    expect(await first).toEqual([]);
    expect(world.delivery()).toMatchObject({ status: 'pending', attempts: 1, attemptLog: [{ status: 500 }] });
  });

  it.each([
    ['a retry', refused(503), 1],
    ['an end', refused(404), 0],
  ])(
    'the record of %s whose response was lost is recognised, and what follows it is done',
    async (_what, outcome, tasks) => {
      const world = outboundWorld(() => outcome);
      await world.publish(message);
      const record: typeof world.table.record = async (...args) => {
        await world.table.record(...args);
        return world.table.record(...args);
      };

      await world.deliverOnce({ ...world.deliverPorts, deliveries: { ...world.table, record } });

      expect(world.deliveryQueue.contents()).toHaveLength(tasks);
      expect(world.undelivered).toHaveLength(1 - tasks);
    },
  );

  it('the record of an attempt that cannot be written sends no next task', async () => {
    const world = outboundWorld(() => refused(503));
    await world.publish(message);
    const deliveries = { ...world.table, record: down };

    await world.deliverOnce({ ...world.deliverPorts, deliveries });

    expect(world.deliveryQueue.contents().map((text) => JSON.parse(text).attempt)).toEqual([1]);
  });

  it('the record of an attempt stays when the next task cannot be sent, and the sweep sends it', async () => {
    const world = outboundWorld((_request, count) => (count === 1 ? refused(503) : accepted));
    await world.publish(message);

    await world.deliverOnce({ ...world.deliverPorts, sendTask: down });
    await world.run(seconds(300));

    expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 2 });
  });
});

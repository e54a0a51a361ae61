import { describe, expect, it } from 'vitest';
import { later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { accepted, down, refused, start } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const message = (id: string) => ({
  id,
  type: 'invoice.paid',
  data: {},
  endpoint: { id, url: `https://${id}.example/hooks` },
});
const tasks = (world: ReturnType<typeof outboundWorld>) =>
  world.deliveryQueue.contents().map((text) => JSON.parse(text));

describe('λ sweep', () => {
  it('λ sweep does nothing while nothing is overdue', async () => {
    const world = outboundWorld();
    await world.publish(message('a'));
    world.advance(seconds(299));

    expect(await world.sweep()).toMatchObject({ tasks: 0, neverAttempted: 0, errors: 0 });
  });

  it('λ sweep sends a delivery that was accepted and never attempted, and counts it', async () => {
    const world = outboundWorld();
    await world.publish(message('a'));
    world.deliveryQueue.purge();
    world.advance(seconds(300));

    expect(await world.sweep()).toMatchObject({ tasks: 1, neverAttempted: 1 });
    expect(tasks(world)).toEqual([
      expect.objectContaining({ v: 1, deliveryId: world.delivery().id, attempt: 1 }),
    ]);
    expect(world.report.named('delivery.never-attempted')).toHaveLength(1);
    expect(world.report.total('DeliveriesNeverAttempted')).toBe(1);
  });

  it('λ sweep finds every unfinished delivery again with all queues purged', async () => {
    const world = outboundWorld((_request, count) => (count < 3 ? refused(503) : accepted));
    const ids = Array.from({ length: 40 }, (_, index) => `d${index}`);
    for (const id of ids) await world.publish(message(id));
    for (let batch = 0; batch < 4; batch++) await world.deliverOnce();
    world.deliveryQueue.purge();

    await world.run(seconds(2 * 3600));

    const ends = [...world.table.deliveries.values()].map(({ status, attempts }) => `${status} ${attempts}`);
    expect(ends).toEqual(ids.map(() => 'delivered 3'));
  });

  it.each([
    ['new', 0],
    ['tried', 1],
  ])(
    'λ sweep sends each %s delivery of a backlog once, even if other sweeps run meanwhile',
    async (_which, attempts) => {
      const world = outboundWorld(() => refused(503));
      for (let id = 0; id < 30; id++) await world.publish(message(`d${id}`));
      if (attempts > 0) while ((await world.deliverOnce()) > 0);
      expect([...world.table.deliveries.values()].every((one) => one.attempts === attempts)).toBe(true);
      world.deliveryQueue.purge();
      world.advance(seconds(3600));

      await Promise.all([world.sweep(), world.sweep(), world.sweep()]);
      world.advance(seconds(60));
      await world.sweep();

      expect(tasks(world)).toHaveLength(30);
      expect(new Set(tasks(world).map(({ deliveryId }) => deliveryId)).size).toBe(30);
    },
  );

  it('λ sweep goes on after its first page', async () => {
    const world = outboundWorld(undefined, undefined, { manifestShards: 1 });
    for (let id = 0; id < 30; id++) await world.publish(message(`d${id}`));
    expect(world.manifests.manifests.size).toBe(30);
    world.deliveryQueue.purge();
    world.advance(seconds(300));

    expect(await world.sweep()).toMatchObject({ tasks: 30 });
  });

  it('λ sweep waits longer each time before it sends the same delivery again, an hour at most', async () => {
    const world = outboundWorld();
    await world.publish(message('a'));
    const times: number[] = [];
    for (let minute = 0; minute < 400; minute++) {
      world.advance(seconds(60));
      world.deliveryQueue.purge();
      if ((await world.sweep()).tasks === 1) times.push((world.now() - start) / 60_000);
    }

    expect(times).toEqual([5, 20, 50, 110, 170, 230, 290, 350]);
  });

  it('λ sweep sends a retry that falls due with its exact remaining delay', async () => {
    const world = outboundWorld(() => refused(503, seconds(7200)));
    await world.publish(message('a'));
    await world.deliverOnce();

    world.advance(seconds(6899));
    expect((await world.sweep()).tasks).toBe(0);
    world.advance(seconds(10));
    expect((await world.sweep()).tasks).toBe(1);

    expect(world.deliveryQueue.nextVisibleAt()).toBe(unixMillis(start + 7200_000));
  });

  it('λ sweep sends nothing for a delivery that a worker has claimed', async () => {
    const world = outboundWorld((_request, count) => (count === 1 ? refused(503) : accepted));
    await world.publish(message('a'));
    await world.deliverOnce();
    world.advance(seconds(310));
    void world.deliverOnce({ ...world.deliverPorts, post: () => new Promise(() => undefined) });
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();

    expect((await world.sweep()).tasks).toBe(0);
    expect(world.delivery().dueAt).toBe(unixMillis((world.delivery().leaseUntil ?? 0) + 60_000));
  });

  it.each([
    ['the dead letter', 'sendDeadDelivery'],
    ['its count for the operators', 'tallies'],
    ['the due index', 'clearDue'],
  ])('λ sweep does the last effects of a failed delivery when %s failed', async (_what, broken) => {
    const world = outboundWorld(() => refused(404));
    await world.publish(message('a'));
    const ports = {
      ...world.deliverPorts,
      ...(broken === 'sendDeadDelivery' && { sendDeadDelivery: down }),
      ...(broken === 'tallies' && { tallies: { ...world.tallies, add: down } }),
      ...(broken === 'clearDue' && { deliveries: { ...world.table, clearDue: down } }),
    };

    await world.deliverOnce(ports);
    expect(world.delivery()).toMatchObject({ status: 'failed', dueAt: later(start, seconds(60)) });
    expect(await world.sweep()).toMatchObject({ deadLetters: 0 });
    world.advance(seconds(60));
    const sweep = await world.sweep();

    expect(sweep.deadLetters).toBe(1);
    expect(world.undelivered.length).toBeGreaterThan(0);
    expect(world.events.events.get('#a')?.expiresAt).toBeGreaterThan(
      world.delivery().expiresAt ?? Number.POSITIVE_INFINITY,
    );
    expect(world.delivery().dueAt).toBeUndefined();
    expect((await world.sweep()).deadLetters).toBe(0);
  });

  it('λ sweep sends a dead letter once, even if its delivery could not be counted for hours', async () => {
    const world = outboundWorld(() => refused(404));
    await world.publish(message('a'));
    const tallies = { ...world.tallies, add: down };
    await world.deliverOnce({ ...world.deliverPorts, tallies });
    for (let minute = 0; minute < 180; minute++) {
      await world.sweep({ ...world.sweepPorts, tallies });
      world.advance(seconds(60));
    }
    expect(world.undelivered).toEqual([]);

    await world.run(seconds(3_600));

    expect(world.undelivered).toHaveLength(1);
    expect(world.delivery().dueAt).toBeUndefined();
  });

  it('λ sweep sends a dead letter once, even if other sweeps run meanwhile', async () => {
    const world = outboundWorld(() => refused(404));
    await world.publish(message('a'));
    await world.deliverOnce({ ...world.deliverPorts, sendDeadDelivery: down });
    world.advance(seconds(60));

    await Promise.all([world.sweep(), world.sweep(), world.sweep()]);

    expect(world.undelivered).toHaveLength(1);
  });

  it('λ sweep does not touch a replay that begins between the dead letter and the change of the index', async () => {
    const world = outboundWorld((_request, count) => (count === 1 ? refused(404) : accepted));
    await world.publish(message('a'));
    const clearDue: typeof world.table.clearDue = async (...args) => {
      await world.replay(args[0]);
      return world.table.clearDue(...args);
    };

    await world.deliverOnce({ ...world.deliverPorts, deliveries: { ...world.table, clearDue } });

    expect(world.delivery()).toMatchObject({
      status: 'pending',
      round: 2,
      dueAt: later(start, seconds(300)),
    });
    world.deliveryQueue.purge();
    await world.run(seconds(420));
    expect(world.delivery().status).toBe('delivered');
    expect(world.events.events.get('#a')?.expiresAt).toBeGreaterThan(
      world.delivery().expiresAt ?? Number.POSITIVE_INFINITY,
    );
  });

  it('λ sweep continues with the others when one delivery fails', async () => {
    const world = outboundWorld(() => refused(503));
    for (let id = 0; id < 10; id++) await world.publish(message(`d${id}`));
    while ((await world.deliverOnce()) > 0);
    world.deliveryQueue.purge();
    world.advance(seconds(3600));
    const [bad] = world.table.deliveries.keys();
    const read: typeof world.table.read = (id) => (id === bad ? down() : world.table.read(id));

    const sweep = await world.sweep({ ...world.sweepPorts, deliveries: { ...world.table, read } });

    expect(sweep).toMatchObject({ tasks: 9, errors: 1 });
  });

  it.each([
    ['released', 'endpoints', 'toReconcile'],
    ['recovered', 'recoveries', 'running'],
    ['notified', 'tallies', 'due'],
  ] as const)(
    'λ sweep counts an error, and does the rest, when it cannot tell what is to be %s',
    async (_what, store, call) => {
      const world = outboundWorld();
      await world.publish(message('a'));
      world.deliveryQueue.purge();
      world.advance(seconds(300));

      const sweep = await world.sweep({ ...world.sweepPorts, [store]: { ...world[store], [call]: down } });

      expect(sweep).toMatchObject({ errors: 1, tasks: 1, isCutShort: false });
      expect(world.report.total('WorkErrored')).toBe(1);
    },
  );

  it('λ sweep counts a shard that it cannot read as an error, and is not cut short by it', async () => {
    const world = outboundWorld();
    const due: typeof world.table.due = (shard, ...args) =>
      shard === 0 ? down() : world.table.due(shard, ...args);

    const sweep = await world.sweep({ ...world.sweepPorts, deliveries: { ...world.table, due } });

    expect(sweep).toMatchObject({ errors: 1, isCutShort: false });
  });

  it('λ sweep says how many endpoints it notified the operators of, and sends no empty batch', async () => {
    const world = outboundWorld(() => refused(404));
    await world.publish(message('a'));
    await world.deliverOnce();
    const batches: unknown[] = [];
    const sendTasks: typeof world.sweepPorts.sendTasks = async (tasks) => void batches.push(tasks);

    expect(await world.sweep({ ...world.sweepPorts, sendTasks })).toMatchObject({ notified: 1 });
    expect(batches).toEqual([]);
  });

  it('λ sweep stops between pages when its time is up', async () => {
    const world = outboundWorld();
    for (let id = 0; id < 300; id++) await world.publish(message(`d${id}`));
    world.deliveryQueue.purge();
    world.advance(seconds(3600));
    let looks = 0;
    const { sweep } = await import('../../../lambdas/outbound/sweep/sweep.ts');

    const cut = await sweep(world.settings.deliveryRetention, () => ++looks <= 8, world.sweepPorts);

    expect(cut.isCutShort).toBe(true);
    expect(cut.tasks).toBeLessThanOrEqual(200);
    expect((await world.sweep()).tasks).toBe(300 - cut.tasks);
  });
});

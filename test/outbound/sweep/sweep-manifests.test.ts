import { describe, expect, it } from 'vitest';
import { days, later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { accepted, down, refused, start } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

type World = ReturnType<typeof outboundWorld>;

const message = (id: string) => ({
  id,
  type: 'invoice.paid',
  data: {},
  endpoint: { id, url: `https://${id}.example/hooks` },
});
const manifests = ({ manifests }: World) => [...manifests.manifests.values()];
const tasks = (world: World) => world.deliveryQueue.contents().map((text) => JSON.parse(text));

/** A sweep five minutes after these events were published in one batch. */
async function published(world: World, ...ids: readonly string[]): Promise<void> {
  await world.publish(...ids.map(message));
}

/** Changes an item past the adapters. */
function changeItem({ db }: World, table: string, id: string | undefined, change: object): void {
  const { items, put } = db.tableOf(table);
  for (const [key, item] of [...items]) if (item['id'] === id) put(key, { ...item, ...change });
}

describe('a manifest', () => {
  it('a manifest names the deliveries of a batch, and is deleted when all of them have ended', async () => {
    const world = outboundWorld();
    await published(world, 'a', 'b', 'c');
    expect(manifests(world).map(({ deliveries }) => deliveries.length)).toEqual([3]);
    while ((await world.deliverOnce()) > 0);
    world.advance(seconds(300));

    expect(await world.sweep()).toMatchObject({ tasks: 0, errors: 0 });

    expect(manifests(world)).toEqual([]);
  });

  it('a malformed manifest or delivery is logged, and does not keep the others waiting', async () => {
    const world = outboundWorld();
    await published(world, 'a', 'b');
    await published(world, 'c');
    const manifest = manifests(world).find(({ deliveries }) => deliveries.length === 2);
    world.deliveryQueue.purge();
    world.advance(seconds(300));

    changeItem(world, 'Endpoints', manifest?.id, { looks: 'many' });
    expect(await world.sweep()).toMatchObject({ tasks: 1 });
    expect(world.report.named('sweep.errored')).toHaveLength(1);

    changeItem(world, 'Endpoints', manifest?.id, { looks: 0 });
    changeItem(world, 'Deliveries', manifest?.deliveries[0], { attempts: 'many' });
    expect(await world.sweep()).toMatchObject({ tasks: 1 });
    expect(world.report.named('sweep.errored').length).toBeGreaterThan(1);
  });

  it('a manifest needs no look at a delivery that has a due time', async () => {
    const world = outboundWorld(() => refused(503));
    await published(world, 'a');
    await world.deliverOnce();
    expect(world.delivery().dueAt).toBeDefined();
    world.deliveryQueue.purge();
    world.advance(seconds(300));

    await world.sweep();

    expect(manifests(world)).toEqual([]);
  });

  it('a manifest stays while a worker has a delivery, and is looked at a minute after the lease', async () => {
    const world = outboundWorld();
    await published(world, 'a');
    world.advance(seconds(290));
    await world.dieInRequest();
    world.advance(seconds(10));

    expect(await world.sweep()).toMatchObject({ tasks: 0, neverAttempted: 0 });

    const { leaseUntil = start } = world.delivery();
    expect(manifests(world)).toMatchObject([{ lookAt: later(leaseUntil, seconds(60)), looks: 0 }]);
  });

  it('a manifest leads the sweep to a delivery whose worker died, though its task is purged', async () => {
    const world = outboundWorld();
    await published(world, 'a');
    await world.dieInRequest();
    world.deliveryQueue.purge();
    world.advance(seconds(300));

    expect(await world.sweep()).toMatchObject({ tasks: 1, neverAttempted: 0 });

    expect(world.report.named('delivery.resent')).toHaveLength(1);
    await world.run(seconds(900));
    expect(world.delivery().status).toBe('delivered');
  });

  it('a manifest has only those of its deliveries sent again that are not done', async () => {
    const world = outboundWorld();
    await published(world, 'a', 'b', 'c');
    await world.deliverOnce(world.deliverPorts, 1);
    world.deliveryQueue.purge();
    world.advance(seconds(300));

    expect(await world.sweep()).toMatchObject({ tasks: 2, neverAttempted: 2 });
  });

  it('a manifest is moved on before a task is sent, so overlapping sweeps send one task', async () => {
    const world = outboundWorld();
    await published(world, 'a');
    world.deliveryQueue.purge();
    world.advance(seconds(300));

    await Promise.all([world.sweep(), world.sweep(), world.sweep()]);

    expect(tasks(world)).toHaveLength(1);
    expect(manifests(world)).toMatchObject([{ looks: 1 }]);
  });

  it('a manifest that cannot be moved on sends nothing', async () => {
    const world = outboundWorld();
    await published(world, 'a');
    world.deliveryQueue.purge();
    world.advance(seconds(300));
    const broken = { ...world.sweepPorts.manifests, moveOn: down };

    expect(await world.sweep({ ...world.sweepPorts, manifests: broken })).toMatchObject({
      tasks: 0,
      errors: 1,
    });

    expect(tasks(world)).toEqual([]);
  });

  it('a manifest stays while a delivery is missing, and goes with an error line after a day', async () => {
    const world = outboundWorld();
    await published(world, 'a');
    world.deliveryQueue.purge();
    const [id = ''] = world.table.deliveries.keys();
    world.table.deliveries.delete(id);

    await world.run(seconds(23 * 3600));
    expect(manifests(world)).toHaveLength(1);
    await world.run(seconds(2 * 3600));

    expect(manifests(world)).toEqual([]);
    expect(world.report.named('delivery.missing')).toHaveLength(1);
    expect(world.deliveryQueue.contents()).toEqual([]);
  });

  it('a manifest of a day ago takes a delivery for missing only after a consistent read', async () => {
    const world = outboundWorld();
    await published(world, 'a');
    world.deliveryQueue.purge();
    world.advance(seconds(25 * 3600));
    const standings: World['table']['standings'] = async (ids, isConsistent, onMalformed) =>
      isConsistent ? world.table.standings(ids, true, onMalformed) : [];

    const ports = { ...world.sweepPorts, deliveries: { ...world.table, standings } };

    expect(await world.sweep(ports)).toMatchObject({ tasks: 1 });
    expect(manifests(world)).toHaveLength(1);
  });

  it('a manifest keeps the event of a delivery that waits for weeks', async () => {
    const world = outboundWorld();
    await published(world, 'a');
    const first = world.events.events.get('#a')?.expiresAt ?? 0;

    for (let day = 0; day < 60; day++) {
      world.deliveryQueue.purge();
      world.advance(seconds(86_400));
      await world.sweep();
    }

    expect(world.events.events.get('#a')?.expiresAt).toBeGreaterThan(first);
    expect((world.events.events.get('#a')?.expiresAt ?? 0) * 1000).toBeGreaterThan(
      later(world.now(), days(30)),
    );
    await world.sweep();
    await world.run(seconds(3600));
    expect(world.delivery().status).toBe('delivered');
  });

  it('a manifest is looked at after 5, 20, 50 minutes, then hourly, for ever', async () => {
    const world = outboundWorld();
    await published(world, 'a');
    const looks: number[] = [];
    for (let minute = 1; minute <= 240; minute++) {
      world.advance(seconds(60));
      world.deliveryQueue.purge();
      if ((await world.sweep()).tasks > 0) looks.push((world.now() - start) / 60_000);
    }

    expect(looks).toEqual([5, 20, 50, 110, 170, 230]);
  });
});

describe('a first attempt that succeeds', () => {
  it('a first attempt that succeeds neither writes nor removes a due time', async () => {
    const world = outboundWorld(() => accepted);
    const due: unknown[] = [];
    world.db.onWrite(({ table, was, is }) => {
      if (table === 'Deliveries') due.push(was?.['dueShard'], is?.['dueShard']);
    });

    await published(world, 'a');
    await world.deliverOnce();

    expect(world.delivery().status).toBe('delivered');
    expect(new Set(due)).toEqual(new Set([undefined]));
  });
});

describe('publish', () => {
  it('publish names a delivery that it finds, though a worker has claimed it', async () => {
    const world = outboundWorld();
    await published(world, 'a');
    world.manifests.manifests.clear();
    await world.dieInRequest();

    await published(world, 'a');

    expect(manifests(world)).toMatchObject([{ deliveries: [world.delivery().id] }]);
  });

  it('publish acknowledges no repeated message whose manifest is not written', async () => {
    const world = outboundWorld();
    await published(world, 'a');
    await world.dieInRequest();
    await world.publishQueue.send({ body: JSON.stringify(message('a')) });

    await world.workOffPublishQueue({
      ...world.publishPorts,
      manifests: { ...world.publishPorts.manifests, add: down },
    });

    expect(world.publishQueue.contents()).toHaveLength(1);
  });

  it('publish writes no manifest for what is done', async () => {
    const world = outboundWorld();
    await published(world, 'a');
    await world.deliverOnce();
    world.manifests.manifests.clear();

    await published(world, 'a');

    expect(manifests(world)).toEqual([]);
  });

  it('publish acknowledges no message whose manifest is not written', async () => {
    const world = outboundWorld();
    await world.publishQueue.send({ body: JSON.stringify(message('a')) });

    await world.workOffPublishQueue({
      ...world.publishPorts,
      manifests: { ...world.publishPorts.manifests, add: down },
    });

    expect(world.publishQueue.contents()).toHaveLength(1);
  });

  it('publish names what an earlier try left behind when it gives a message up', async () => {
    const world = outboundWorld();
    await published(world, 'a');
    world.manifests.manifests.clear();
    world.deliveryQueue.purge();

    await world.workOffPublishQueue();
    await world.publish(message('a'));
    expect(manifests(world)).toHaveLength(1);
    world.manifests.manifests.clear();
    await world.publishQueue.send({ body: JSON.stringify(message('a')) });
    await world.workOffPublishQueue({ ...world.publishPorts, validatePayload: async () => 'data: no' });

    expect(world.deadLetters).toHaveLength(1);
    expect(manifests(world)).toMatchObject([{ deliveries: [world.delivery().id] }]);
    expect(unixMillis(manifests(world)[0]?.lookAt ?? 0)).toBe(later(world.now(), seconds(300)));
  });
});

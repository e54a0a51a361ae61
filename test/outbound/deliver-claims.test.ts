import { describe, expect, it } from 'vitest';
import { seconds } from '../../lambdas/domain/time.ts';
import { deliver } from '../../lambdas/outbound/deliver.ts';
import { accepted, outboundWorld, refused } from '../fakes/outbound-world.ts';

const message = {
  id: 'inv-42',
  type: 'invoice.paid',
  data: {},
  endpoint: { id: 'acme', url: 'https://acme.example/hooks' },
};
const task = (deliveryId: string, attempt: number) => ({
  body: JSON.stringify({ v: 1, deliveryId, attempt }),
});
const never = new Promise<never>(() => undefined);
const down = async (): Promise<never> => {
  throw new Error('down');
};

/** A worker that takes one batch and dies in its request. */
async function dieInRequest(world: ReturnType<typeof outboundWorld>): Promise<void> {
  void world.deliverOnce({ ...world.deliverPorts, post: () => never });
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
}

describe('claims of a delivery', () => {
  it('does not send, and does not acknowledge, while another worker has the lease', async () => {
    const world = outboundWorld();
    await world.publish(message);
    await dieInRequest(world);
    await world.deliveryQueue.send(task(world.delivery().id, 1));

    await world.deliverOnce();

    expect(world.requests).toEqual([]);
    expect(world.deliveryQueue.nextVisibleAt()).toBe(world.delivery().leaseUntil);
  });

  it('acknowledges a task whose attempt is recorded, and sends nothing for it', async () => {
    const world = outboundWorld(() => refused(503));
    await world.publish(message);
    await world.deliverOnce();
    const sent = world.deliveryQueue.sent();
    await world.deliveryQueue.send(task(world.delivery().id, 1));

    await world.deliverOnce();

    expect(world.requests).toHaveLength(1);
    expect(world.deliveryQueue.sent()).toBe(sent + 1);
    expect(world.deliveryQueue.contents()).toHaveLength(1);
  });

  it('acknowledges a task of an ended delivery', async () => {
    const world = outboundWorld();
    await world.publish(message);
    await world.deliverOnce();
    await world.deliveryQueue.send(task(world.delivery().id, 2));

    await world.deliverOnce();

    expect(world.requests).toHaveLength(1);
    expect(world.deliveryQueue.contents()).toEqual([]);
  });

  it('delivers after its worker died, and the record shows one attempt', async () => {
    const world = outboundWorld();
    await world.publish(message);
    await dieInRequest(world);

    await world.run(seconds(600));

    expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 1, claims: 2, crashes: 0 });
  });

  it('delivers after its worker died and the queue was purged', async () => {
    const world = outboundWorld();
    await world.publish(message);
    await dieInRequest(world);
    world.deliveryQueue.purge();

    await world.run(seconds(600));

    expect(world.delivery().status).toBe('delivered');
    expect(world.requests).toHaveLength(1);
  });

  it('fails a delivery that killed five workers in a row, with the reason', async () => {
    const world = outboundWorld();
    await world.publish(message);

    for (let crash = 0; crash < 5; crash++) {
      await dieInRequest(world);
      world.advance(seconds(451));
    }
    await world.run(seconds(600));

    expect(world.requests).toEqual([]);
    expect(world.delivery()).toMatchObject({
      status: 'failed',
      attempts: 0,
      lastError: 'crashed: 5 workers died in attempt 1',
    });
    expect(world.deadLetters).toHaveLength(1);
  });

  it('runs suspects last and alone, the fewest crashes first, after their mates are recorded and deleted', async () => {
    const world = outboundWorld();
    for (const id of ['often', 'once']) {
      await world.publish({ ...message, id, endpoint: { id, url: `https://${id}.example/` } });
    }
    await dieInRequest(world);
    world.advance(seconds(451));
    const [often] = world.deliveryQueue.receive(1);
    await world.deliverOnce({ ...world.deliverPorts, post: () => never }, 0);
    const seen = [...world.table.deliveries.values()].find(({ eventId }) => eventId === 'often');
    await world.table.claimSuspect(seen!, 1, world.now(), world.now());
    await world.deliveryQueue.returnAfter(often!.receiptHandle, seconds(0));
    await world.publish({ ...message, id: 'mate', endpoint: { id: 'mate', url: 'https://mate.example/' } });
    const order: string[] = [];
    const post: typeof world.deliverPorts.post = async ({ url }) => {
      order.push(`${new URL(url).hostname} with ${world.deliveryQueue.contents().length} left`);
      return accepted;
    };

    await world.deliverOnce({ ...world.deliverPorts, post });

    expect(order).toEqual([
      'mate.example with 3 left',
      'once.example with 2 left',
      'often.example with 1 left',
    ]);
  });

  it('gives suspects back uncounted when the time is over', async () => {
    const world = outboundWorld();
    await world.publish(message);
    await dieInRequest(world);
    world.advance(seconds(451));

    await world.deliverOnce(world.deliverPorts, 5, () => false);

    expect(world.delivery()).toMatchObject({ claims: 1, crashes: 0 });
    expect(world.deliveryQueue.contents()).toHaveLength(1);
  });
});

describe('the record of an attempt', () => {
  it('is written again when writing a success failed, and repeats no request', async () => {
    const world = outboundWorld();
    await world.publish(message);
    let failures = 2;
    const record: typeof world.table.record = (...args) =>
      failures-- > 0 ? down() : world.table.record(...args);

    await world.deliverOnce({ ...world.deliverPorts, deliveries: { ...world.table, record } });

    expect(world.delivery().status).toBe('delivered');
    expect(world.requests).toHaveLength(1);
  });

  it('goes onto the queue when a success cannot be written at all: recorded later, not posted', async () => {
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
    expect(world.events.events.get('#inv-42')?.open).toEqual([]);
    expect(world.requests).toHaveLength(1);
  });

  it('is a success even when another worker has claimed since, whose own record then changes nothing', async () => {
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

  it('of a success in an earlier round does not end the round that a replay began', async () => {
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

  it('that the fence refuses fails the message while the other worker is at it', async () => {
    const world = outboundWorld();
    await world.publish(message);
    const slow = Promise.withResolvers<ReturnType<typeof refused>>();
    const [received] = world.deliveryQueue.receive(1);
    const ports = { ...world.deliverPorts, post: () => slow.promise };
    const first = deliver([received!], () => true, world.settings, ports);
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    world.advance(seconds(451));
    await dieInRequest(world);

    slow.resolve(refused(503));

    expect(await first).toEqual([received!.messageId]);
    expect(world.delivery()).toMatchObject({ status: 'pending', attempts: 0, claims: 2 });
  });

  it('that the fence refuses acknowledges the message when the other worker has recorded the attempt', async () => {
    const world = outboundWorld();
    await world.publish(message);
    const slow = Promise.withResolvers<ReturnType<typeof refused>>();
    const [received] = world.deliveryQueue.receive(1);
    const ports = { ...world.deliverPorts, post: () => slow.promise };
    const first = deliver([received!], () => true, world.settings, ports);
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
  ])('of %s whose answer was lost is known again, and followed', async (_what, outcome, tasks) => {
    const world = outboundWorld(() => outcome);
    await world.publish(message);
    const record: typeof world.table.record = async (...args) => {
      await world.table.record(...args);
      return world.table.record(...args);
    };

    await world.deliverOnce({ ...world.deliverPorts, deliveries: { ...world.table, record } });

    expect(world.deliveryQueue.contents()).toHaveLength(tasks);
    expect(world.deadLetters).toHaveLength(1 - tasks);
  });

  it('stands when the next task cannot be sent: the sweep sends it', async () => {
    const world = outboundWorld((_request, count) => (count === 1 ? refused(503) : accepted));
    await world.publish(message);

    await world.deliverOnce({ ...world.deliverPorts, sendTask: down });
    await world.run(seconds(300));

    expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 2 });
  });
});

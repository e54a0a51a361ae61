import { describe, expect, it } from 'vitest';
import { seconds } from '../../../lambdas/domain/time.ts';
import { accepted, message, refused } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { asDelivery } from '../../support/worlds/stored-delivery.ts';

const task = (deliveryId: string, attempt: number) => ({
  body: JSON.stringify({ v: 1, deliveryId, attempt, tenant: '', endpointId: 'acme', isDirect: true }),
});

describe('claims of a delivery', () => {
  it('a task is neither run nor acknowledged while another worker has the lease', async () => {
    const world = outboundWorld();
    await world.publish(message);
    await world.dieInRequest();
    await world.deliveryQueue.send(task(world.delivery().id, 1));

    await world.deliverOnce();

    expect(world.requests).toEqual([]);
    expect(world.deliveryQueue.nextVisibleAt()).toBe(world.delivery().leaseUntil);
  });

  it('a task whose attempt is recorded is acknowledged, and nothing is sent', async () => {
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

  it('a task of an ended delivery is acknowledged', async () => {
    const world = outboundWorld();
    await world.publish(message);
    await world.deliverOnce();
    await world.deliveryQueue.send(task(world.delivery().id, 2));

    await world.deliverOnce();

    expect(world.requests).toHaveLength(1);
    expect(world.deliveryQueue.contents()).toEqual([]);
  });

  it('a delivery whose worker died is delivered, and its record has one attempt', async () => {
    const world = outboundWorld();
    await world.publish(message);
    await world.dieInRequest();

    await world.run(seconds(600));

    expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 1, claims: 2, crashes: 0 });
  });

  it('a delivery whose worker died is delivered even if the queue was purged', async () => {
    const world = outboundWorld();
    await world.publish(message);
    await world.dieInRequest();
    world.deliveryQueue.purge();

    await world.run(seconds(600));

    expect(world.delivery().status).toBe('delivered');
    expect(world.requests).toHaveLength(1);
  });

  it('a delivery that killed five workers in a row fails, with the reason', async () => {
    const world = outboundWorld();
    await world.publish(message);

    for (let crash = 0; crash < 5; crash++) {
      await world.dieInRequest();
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

  it('suspects run last and alone, the fewest crashes first, after the other messages are recorded and deleted', async () => {
    const world = outboundWorld();
    for (const id of ['often', 'once']) {
      await world.publish({ ...message, id, endpoint: { id, url: `https://${id}.example/` } });
    }
    await world.dieInRequest();
    world.advance(seconds(451));
    const [often] = world.deliveryQueue.receive(1);
    const seen = [...world.table.deliveries.values()].find(({ eventId }) => eventId === 'often');
    await world.table.claimSuspect(asDelivery(seen!), 1, world.now(), world.now());
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

  it('suspects return to the queue without a count when the time is over', async () => {
    const world = outboundWorld();
    await world.publish(message);
    await world.dieInRequest();
    world.advance(seconds(451));

    await world.deliverOnce(world.deliverPorts, 5, () => false);

    expect(world.delivery()).toMatchObject({ claims: 1, crashes: 0 });
    expect(world.deliveryQueue.contents()).toHaveLength(1);
  });
});

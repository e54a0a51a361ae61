import { describe, expect, it } from 'vitest';
import { seconds } from '../../../lambdas/domain/time.ts';
import { type PublishPorts, publish } from '../../../lambdas/outbound/publish/publish.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { message, outboundSettings, start } from '../../support/fixtures/outbound.ts';
import { dyingWorkers } from '../../support/worlds/dying-workers.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { tenantWithEndpoints } from '../../support/worlds/tenant-with-endpoints.ts';

const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: { amount: 5 } };
const visibility = seconds(451);

/** A publisher takes what is on the queue and dies: each port call is two half calls, its request and its response. */
async function dieAfter(halfCalls: number, world: ReturnType<typeof outboundWorld>): Promise<void> {
  const batch = world.publishQueue.receive(10);
  await dyingWorkers().run({ halfCalls, isDead: true }, world.publishPorts, (ports: PublishPorts) =>
    publish(batch, outboundSettings, ports),
  );
  world.advance(visibility);
}

/** Publishers that live work off what is on the queue. */
async function workOff(world: ReturnType<typeof outboundWorld>): Promise<void> {
  for (let batches = 0; world.publishQueue.contents().length > 0 && batches < 20; batches++) {
    await world.workOffPublishQueue();
    world.advance(visibility);
  }
}

/** A queue that takes the first message of a batch and refuses the others. */
const firstOnly =
  <Message>(send: (message: Message) => Promise<void>) =>
  async ([first, ...others]: readonly Message[]): Promise<void> => {
    if (first !== undefined) await send(first);
    if (others.length > 0) throw new Error(`SQS refused ${others.length} messages`);
  };

const upTo = (count: number) => Array.from({ length: count }, (_, halfCalls) => halfCalls);

describe('λ publish', () => {
  it.each(upTo(16))(
    'gives a tenant of two ranges all its deliveries though it dies after %d half calls',
    async (halfCalls) => {
      const world = await tenantWithEndpoints(501);
      await world.publishQueue.send({ body: JSON.stringify(event) });

      await dieAfter(halfCalls, world);
      await workOff(world);

      expect(world.table.deliveries.size).toBe(501);
      expect(world.events.events.get('acme#e1')?.fannedOutAt).toBeDefined();
    },
  );

  it.each(upTo(12))(
    'gets a payload of 9 KB delivered though it dies after %d half calls',
    async (halfCalls) => {
      const world = outboundWorld();
      const large = { ...message, data: { text: 'x'.repeat(33_000) } };
      await world.publishQueue.send({ body: JSON.stringify(large) });

      await dieAfter(halfCalls, world);
      await workOff(world);
      await world.run(seconds(900));

      expect(world.delivery().status).toBe('delivered');
      expect(JSON.parse(world.requests[0]?.body ?? '').data).toEqual(large.data);
    },
  );

  // After eight half calls the event is written; before that, the second try makes it, for the later endpoint, too.
  it.each([8, 9, 10])(
    'leaves out an endpoint that is created after its event, though it dies after %d half calls',
    async (halfCalls) => {
      const world = await tenantWithEndpoints(1);
      await world.publishQueue.send({ body: JSON.stringify(event) });
      await dieAfter(halfCalls, world);
      expect(world.events.events.size).toBe(1);

      await world.endpoints.create(newEndpoint(world.now(), { id: 'later' }));
      await workOff(world);
      await world.recordAnnounced();

      expect([...world.table.deliveries.values()].map(({ endpointId }) => endpointId)).toEqual(['ep_00000']);
    },
  );

  it('matches endpoints by the first body, though it dies before the fan-out and another body is published', async () => {
    const world = outboundWorld();
    const filter = { path: 'amount', gt: 100 };
    await world.endpoints.create(newEndpoint(start, { filter }));
    await world.publishQueue.send({ body: JSON.stringify(event) });
    await dieAfter(8, world);
    expect(world.events.events.size).toBe(1);
    world.publishQueue.purge();

    await world.publish({ ...event, data: { amount: 500 } });
    await world.recordAnnounced();

    expect(world.events.events.get('acme#e1')?.endpoints).toEqual([]);
    expect(world.table.deliveries.size).toBe(0);
  });

  it('sends a task of each delivery though the queue took only a part of the batch', async () => {
    const world = await tenantWithEndpoints(3);
    await world.publishQueue.send({ body: JSON.stringify(event) });

    await world.workOffPublishQueue({
      ...world.publishPorts,
      sendTasks: firstOnly(world.deliveryQueue.send),
    });
    expect(world.publishQueue.contents()).toHaveLength(1);
    world.advance(visibility);
    await workOff(world);
    await world.run(seconds(10));

    expect(new Set(world.requests.map(({ url }) => url)).size).toBe(3);
    expect(world.requests).toHaveLength(3);
  });

  it('sends each range of a large tenant though the queue took only a part of them', async () => {
    const world = await tenantWithEndpoints(501);
    await world.publishQueue.send({ body: JSON.stringify(event) });

    await world.workOffPublishQueue({
      ...world.publishPorts,
      sendRanges: firstOnly(world.publishQueue.send),
    });
    world.advance(visibility);
    await workOff(world);

    expect(world.table.deliveries.size).toBe(501);
    expect(world.events.events.get('acme#e1')?.fannedOutAt).toBeDefined();
  });
});

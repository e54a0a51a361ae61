import { describe, expect, it } from 'vitest';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { seconds } from '../../../lambdas/domain/time.ts';
import type { PublishPorts } from '../../../lambdas/outbound/publish/publish.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { down } from '../../support/fixtures/outbound.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { idOf, tenantWithEndpoints } from '../../support/worlds/tenant-with-endpoints.ts';

const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: { amount: 5 } };
const visibility = seconds(451);

/** Publishes with broken ports, which leaves the message on the queue, then without. */
async function publishTwice(
  world: Awaited<ReturnType<typeof tenantWithEndpoints>>,
  broken: Partial<PublishPorts>,
  between = async (): Promise<void> => undefined,
): Promise<void> {
  await world.publishQueue.send({ body: JSON.stringify(event) });
  await world.workOffPublishQueue({ ...world.publishPorts, ...broken });
  expect(world.publishQueue.contents()).toHaveLength(1);
  await between();
  world.advance(visibility);
  await world.workOffPublishQueue();
  expect(world.publishQueue.contents()).toEqual([]);
}

const eventOf = (world: ReturnType<typeof outboundWorld>) => world.events.events.get('acme#e1');

describe('an event that more than a hundred endpoints take', () => {
  it('an event that more than a hundred endpoints take is marked, and names none of them', async () => {
    const world = await tenantWithEndpoints(101);

    await world.publish(event);

    expect(eventOf(world)?.endpoints).toBeUndefined();
    expect(eventOf(world)?.fannedOutAt).toBeDefined();
    const sizes = [...world.manifests.manifests.values()].map(({ deliveries }) => deliveries.length);
    expect(sizes.toSorted()).toEqual([1, 100]);
    expect(world.deliveryQueue.contents()).toHaveLength(101);
  });

  it.each([2, 101])(
    'an event that %d endpoints take is sent to one that is enabled while it is held',
    async (count) => {
      const world = await tenantWithEndpoints(count);
      const [tenant, id] = [asTenantId('acme'), asEndpointId(idOf(0))];
      const current = async () => (await world.endpoints.read(tenant, id)) ?? expect.fail();
      await world.endpoints.disable(await current(), { reason: 'manual', at: world.now() });
      const create: PublishPorts['deliveries']['create'] = async (delivery) => {
        const first = await world.table.create(delivery);
        // A person enables it, and finds no held delivery yet.
        if (delivery.endpointId === id) await world.endpoints.enable(await current(), world.now());
        return first;
      };

      await world.publishQueue.send({ body: JSON.stringify(event) });
      await world.workOffPublishQueue({ ...world.publishPorts, deliveries: { ...world.table, create } });
      await world.recordAnnounced();

      const statuses = [...world.table.deliveries.values()].map(({ status }) => status);
      expect(statuses).toEqual(Array.from({ length: count }, () => 'pending'));
    },
  );

  it('an event that a hundred endpoints take names them', async () => {
    const world = await tenantWithEndpoints(100);

    await world.publish(event);

    expect(eventOf(world)?.endpoints).toHaveLength(100);
    expect(eventOf(world)?.fannedOutAt).toBeUndefined();
  });

  it('an event that many endpoints take has its manifests before its deliveries', async () => {
    const world = await tenantWithEndpoints(101);

    await publishTwice(
      world,
      { deliveries: { ...world.publishPorts.deliveries, create: down } },
      async () => {
        expect(world.manifests.manifests.size).toBe(1);
        expect(world.table.deliveries.size).toBe(0);
        expect(eventOf(world)?.fannedOutAt).toBeUndefined();
      },
    );

    expect(world.table.deliveries.size).toBe(101);
  });

  it('an event that many endpoints take is not marked though its tasks were not sent', async () => {
    const world = await tenantWithEndpoints(101);

    await publishTwice(world, { sendTasks: down }, async () => {
      expect(eventOf(world)?.fannedOutAt).toBeUndefined();
    });

    expect(world.deliveryQueue.contents()).toHaveLength(101);
  });

  it('an event that many endpoints take is not for an endpoint that is created before it is complete', async () => {
    const world = await tenantWithEndpoints(101);

    await publishTwice(world, { sendTasks: down }, async () => {
      world.advance(seconds(1));
      await world.endpoints.create(newEndpoint(world.now(), { id: 'later' }));
    });

    expect(world.table.deliveries.size).toBe(101);
  });

  it('an event that many endpoints take ends at those, too, that are deleted before it is complete', async () => {
    const world = await tenantWithEndpoints(101);

    await publishTwice(world, { sendTasks: down }, async () => {
      world.endpoints.endpoints.delete(`acme/${idOf(7)}`);
    });
    await world.run(seconds(7200));

    const ends = [...world.table.deliveries.values()].map(({ status }) => status);
    expect(ends.filter((status) => status === 'delivered')).toHaveLength(100);
    expect(ends.filter((status) => status === 'discarded')).toHaveLength(1);
  });
});

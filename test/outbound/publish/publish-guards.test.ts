import { describe, expect, it } from 'vitest';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { later, seconds } from '../../../lambdas/domain/time.ts';
import { settingsOf } from '../../support/fixtures/new-endpoint.ts';
import { down, message, start } from '../../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { idOf, tenantWithEndpoints } from '../../support/worlds/tenant-with-endpoints.ts';

const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {} };

describe('what a publisher that died left to do', () => {
  it('is done for an endpoint that the event names, although it takes no such event any more', async () => {
    const world = await tenantWithEndpoints(2);
    await world.publishQueue.send({ body: JSON.stringify(event) });
    const died = { ...world.table, create: down };
    await world.workOffPublishQueue({ ...world.publishPorts, deliveries: died });
    expect(world.table.deliveries.size).toBe(0);
    const endpoint = await world.endpoints.read(asTenantId('acme'), asEndpointId(idOf(0)));
    if (endpoint === undefined) throw new Error('no endpoint');
    const changed = { ...settingsOf(endpoint), eventTypes: ['order.*'] };
    await world.endpoints.changeSettings(endpoint, changed, world.now());
    world.advance(seconds(451));

    await world.workOffPublishQueue();

    const to = [...world.table.deliveries.values()].map(({ endpointId }) => endpointId);
    expect(to.toSorted()).toEqual([idOf(0), idOf(1)]);
  });

  it('is done again if the task could not be sent, though the sweep knows of the delivery', async () => {
    const world = outboundWorld();
    await world.publish(message);
    world.table.deliveries.set(world.delivery().id, {
      ...world.delivery(),
      dueAt: later(start, seconds(300)),
    });
    await world.publishQueue.send({ body: JSON.stringify(message) });

    await world.workOffPublishQueue({ ...world.publishPorts, sendTasks: down });

    expect(world.publishQueue.contents()).toHaveLength(1);
  });
});

describe('an event that names its endpoints', () => {
  it.each([
    [30 * 86_400 - 1, 2],
    [30 * 86_400, 0],
  ])('that is published again after %i s, with no delivery left, gets %i', async (age, deliveries) => {
    const world = await tenantWithEndpoints(2);
    await world.publish(event);
    for (const id of [...world.table.deliveries.keys()]) world.table.deliveries.delete(id);
    world.advance(seconds(age));

    await world.publish(event);

    expect(world.table.deliveries.size).toBe(deliveries);
  });

  it('has no delivery in the line of its publication, which one to a single endpoint has', async () => {
    const world = await tenantWithEndpoints(2);

    await world.publish(event);
    await world.publish({ ...event, id: 'e2', endpoint: { id: idOf(0) } });

    const lines = world.report.named('event.published');
    expect(lines.map(({ deliveryId }) => typeof deliveryId)).toEqual(['undefined', 'string']);
  });
});

describe('a publication to one endpoint', () => {
  it('is refused if it was for an earlier endpoint of the id', async () => {
    const { world } = await worldWithOneEndpoint();

    await world.publish({ ...event, endpoint: { id: 'ep_1', generation: 'earlier' } });

    expect(world.deadLetters.map((text) => JSON.parse(text).reason)).toEqual([
      'endpoint.id: the endpoint ep_1 of acme for which this was published was deleted; another one has its id now',
    ]);
    expect(world.table.deliveries.size).toBe(0);
  });

  it('makes a task that passes no open breaker, unless it is a test', async () => {
    const { world } = await worldWithOneEndpoint();

    await world.publish({ ...event, endpoint: { id: 'ep_1' } });
    await world.publish({ ...event, id: 'e2', endpoint: { id: 'ep_1' }, byHand: 'test' });

    expect(world.deliveryQueue.contents().map((text) => JSON.parse(text).byHand)).toEqual([
      undefined,
      'test',
    ]);
  });
});

describe('held deliveries', () => {
  it('are counted when they are made, and not when they are published again', async () => {
    const { world, disable } = await worldWithOneEndpoint();
    await world.publish({ ...event, id: 'sent' });
    expect(world.report.counts.filter(({ name }) => name === 'DeliveriesHeld')).toEqual([]);
    await disable();

    await world.publish(event);
    await world.publish(event);

    expect(world.report.total('DeliveriesHeld')).toBe(1);
  });
});

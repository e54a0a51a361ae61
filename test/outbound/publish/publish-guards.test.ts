import { describe, expect, it } from 'vitest';
import { deliveryId } from '../../../lambdas/domain/delivery-record.ts';
import { asEndpointId, asEventId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { later, seconds } from '../../../lambdas/domain/time.ts';
import type { PublishPorts } from '../../../lambdas/outbound/publish/publish.ts';
import { settingsOf } from '../../support/fixtures/new-endpoint.ts';
import { down, message, start } from '../../support/fixtures/outbound.ts';
import { statuses, worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { idOf, tenantWithEndpoints } from '../../support/worlds/tenant-with-endpoints.ts';

const urlOf = (index: number) => `https://acme.example/${idOf(index)}`;
const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {} };

describe('what a publisher that died left to do', () => {
  it.each([
    ['manifest', (ports: PublishPorts) => ({ ...ports, manifests: { ...ports.manifests, add: down } })],
    ['tasks', (ports: PublishPorts) => ({ ...ports, sendTasks: down })],
  ])(
    'before its %s is done for an endpoint that the event names, although it takes no such event any more',
    async (_what, dying) => {
      const world = await tenantWithEndpoints(2);
      await world.publishQueue.send({ body: JSON.stringify(event) });
      await world.workOffPublishQueue(dying(world.publishPorts));
      expect(world.deliveryQueue.contents()).toEqual([]);
      const endpoint = await world.endpoints.read(asTenantId('acme'), asEndpointId(idOf(0)));
      if (endpoint === undefined) throw new Error('no endpoint');
      const changed = { ...settingsOf(endpoint), eventTypes: ['order.*'] };
      await world.endpoints.changeSettings(endpoint, changed, world.now());
      world.advance(seconds(451));

      await world.workOffPublishQueue();
      await world.deliverOnce();

      expect(world.publishQueue.contents()).toEqual([]);
      expect(world.requests.map(({ url }) => url).toSorted()).toEqual([urlOf(0), urlOf(1)]);
      const made = [...world.table.deliveries.values()].map(({ endpointId, status }) => [endpointId, status]);
      expect(made.toSorted()).toEqual([
        [idOf(0), 'delivered'],
        [idOf(1), 'delivered'],
      ]);
    },
  );

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
    await world.deliverOnce();
    expect(statuses(world)).toEqual({ delivered: 2 });
    world.table.deliveries.clear();
    world.advance(seconds(age));

    await world.publish(event);
    const tasks = world.deliveryQueue.contents().length;
    await world.deliverOnce();

    expect([tasks, world.table.deliveries.size]).toEqual([deliveries, deliveries]);
    expect(world.requests).toHaveLength(2 + deliveries);
  });

  it('has the number of its deliveries in the line of its publication, one to a single endpoint has what the delivery’s id follows from', async () => {
    const world = await tenantWithEndpoints(2);

    await world.publish(event);
    await world.deliverOnce();
    world.table.deliveries.clear();
    await world.publish({ ...event, id: 'e2', endpoint: { id: idOf(0) } });
    await world.deliverOnce();

    const lines = world.report.named('event.published');
    expect(lines.map((line) => [line['deliveries'], line['endpointId']])).toEqual([
      [2, undefined],
      [undefined, idOf(0)],
    ]);
    const { tenant, eventId, endpointId } = lines[1] ?? {};
    expect(world.delivery()).toMatchObject({ tenant, eventId, endpointId });
    expect(world.delivery().id).toBe(
      deliveryId(asTenantId(`${tenant}`), asEventId(`${eventId}`), asEndpointId(`${endpointId}`)),
    );
  });
});

describe('a publication to one endpoint', () => {
  it('is refused if it was for an earlier endpoint of the id', async () => {
    const { world } = await worldWithOneEndpoint();

    await world.publish({ ...event, endpoint: { id: 'ep_1', generation: 'earlier' } });

    expect(world.deadLetters.map((text) => JSON.parse(text).reason)).toEqual([
      'endpoint.id: the endpoint ep_1 of acme for which this was published was deleted; another one has its id now',
    ]);
    expect(world.manifests.manifests.size).toBe(0);
    expect(world.deliveryQueue.contents()).toEqual([]);
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

import { describe, expect, it } from 'vitest';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { start } from '../../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const eventFor = (id: string, endpointId = 'ep_1') => ({
  id,
  type: 'invoice.paid',
  tenant: 'acme',
  endpoint: { id: endpointId },
  data: {},
});

describe('λ publish, for events that name their endpoint', () => {
  it('reads an endpoint once for all events of a batch', async () => {
    const { world } = await worldWithOneEndpoint();
    const read: string[] = [];
    const endpoints = {
      ...world.endpoints,
      read: (...key: Parameters<typeof world.endpoints.read>) => {
        read.push(key.join('/'));
        return world.endpoints.read(...key);
      },
    };
    for (const id of ['evt_1', 'evt_2', 'evt_3'])
      await world.publishQueue.send({ body: JSON.stringify(eventFor(id)) });
    await world.publishQueue.send({ body: JSON.stringify(eventFor('evt_4', 'ep_none')) });

    await world.workOffPublishQueue({ ...world.publishPorts, endpoints });

    expect(read.sort()).toEqual(['acme/ep_1', 'acme/ep_none']);
    await world.recordAnnounced();
    expect([...world.table.deliveries.values()].map(({ eventId }) => eventId).sort()).toEqual([
      'evt_1',
      'evt_2',
      'evt_3',
    ]);
    expect(world.deadLetters).toHaveLength(1);
  });

  it('finds an endpoint that was registered after an earlier batch did not find it', async () => {
    const world = outboundWorld();
    await world.publish(eventFor('evt_1'));
    await world.endpoints.create(newEndpoint(start));

    await world.publish(eventFor('evt_2'));
    await world.recordAnnounced();

    expect(world.delivery()).toMatchObject({ eventId: 'evt_2', status: 'pending' });
  });

  it('fails all events of an endpoint that cannot be read, and no other', async () => {
    const { world } = await worldWithOneEndpoint();
    const read: typeof world.endpoints.read = async (tenant, id) => {
      if (id === 'ep_1') throw new Error('throttled');
      return world.endpoints.read(tenant, id);
    };
    for (const id of ['evt_1', 'evt_2'])
      await world.publishQueue.send({ body: JSON.stringify(eventFor(id)) });
    const elsewhere = {
      ...eventFor('evt_3'),
      tenant: undefined,
      endpoint: { id: 'url', url: 'https://a.example/' },
    };
    await world.publishQueue.send({ body: JSON.stringify(elsewhere) });

    await world.workOffPublishQueue({ ...world.publishPorts, endpoints: { ...world.endpoints, read } });

    expect(world.delivery().eventId).toBe('evt_3');
    expect(world.publishQueue.contents()).toHaveLength(2);
  });
});

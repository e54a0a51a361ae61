import { describe, expect, it } from 'vitest';
import { later, seconds } from '../../lambdas/domain/time.ts';
import type { PublishPorts } from '../../lambdas/outbound/publish/publish.ts';
import { endpointHashOf } from '../support/fixtures/ids.ts';
import { accepted, refused } from '../support/fixtures/outbound.ts';
import { statuses, worldWithOneEndpoint } from '../support/worlds/one-endpoint.ts';

type World = Awaited<ReturnType<typeof worldWithOneEndpoint>>['world'];

const toOne = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {}, endpoint: { id: 'ep_1' } };
const tasksIn = ({ deliveryQueue }: World) => deliveryQueue.contents().map((text) => JSON.parse(text));
const manifestsOf = ({ manifests }: World) => [...manifests.manifests.values()];

/** What is written to the Deliveries table from now on. */
function writesOf({ db }: World): string[] {
  const writes: string[] = [];
  db.onWrite(({ table, was, is }) => {
    if (table === 'Deliveries') writes.push(`${was?.['status']} → ${is?.['status']}`);
  });
  return writes;
}

describe('an event for a registered endpoint', () => {
  it('is announced by a manifest and a task, and its delivery is made by the claim', async () => {
    const { world } = await worldWithOneEndpoint();
    const writes = writesOf(world);

    await world.publish(toOne);
    expect(writes).toEqual([]);
    expect(manifestsOf(world)).toMatchObject([{ announced: [{ eventId: 'e1', endpointId: 'ep_1' }] }]);
    await world.deliverOnce();

    expect(writes).toEqual(['undefined → pending', 'pending → delivered']);
    expect(world.delivery()).toMatchObject({ id: manifestsOf(world)[0]?.deliveries[0], claims: 1 });
  });

  it('has its manifest before its task is on the queue', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publishQueue.send({ body: JSON.stringify(toOne) });
    const add: PublishPorts['manifests']['add'] = async (manifest) => {
      expect(tasksIn(world)).toEqual([]);
      await world.manifests.add(manifest);
    };

    await world.workOffPublishQueue({ ...world.publishPorts, manifests: { ...world.manifests, add } });

    expect(tasksIn(world)).toHaveLength(1);
  });

  it('is sent once, however often it is published and its task arrives', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(toOne, toOne);
    await world.publish(toOne);
    const [text = ''] = world.deliveryQueue.contents();
    await world.run(seconds(10));

    await world.publish(toOne);
    await world.deliveryQueue.send({ body: text });
    await world.run(seconds(600));

    expect(world.requests).toHaveLength(1);
    expect(statuses(world)).toEqual({ delivered: 1 });
    expect(manifestsOf(world)).toEqual([]);
  });

  it('is published again after its delivery has expired, as if that had never been', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(toOne);
    await world.run(seconds(10));
    world.advance(seconds(world.settings.deliveryRetention + 1));

    await world.publish(toOne);
    await world.run(seconds(10));

    expect(world.requests).toHaveLength(2);
    expect(statuses(world)).toEqual({ delivered: 1 });
  });

  it('makes no second record by a task that comes after the retention', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(toOne);
    const [text = ''] = world.deliveryQueue.contents();
    await world.run(seconds(10));
    for (const days of [14, 40]) {
      world.advance(seconds(days * 86_400));
      world.table.deliveries.clear();

      await world.deliveryQueue.send({ body: text });
      await world.deliverOnce();
    }

    expect(world.requests).toHaveLength(1);
    expect(world.table.deliveries.size).toBe(0);
    expect(world.deadLetters).toHaveLength(2);
  });

  it('is made by the sweep and counted as never attempted when its task is lost', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(toOne);
    world.deliveryQueue.purge();
    world.advance(seconds(300));

    expect(await world.sweep()).toMatchObject({ tasks: 1, neverAttempted: 1, errors: 0 });

    expect(world.delivery()).toMatchObject({ status: 'pending', claims: 0 });
    expect(tasksIn(world)).toMatchObject([{ attempt: 1 }]);
    expect(tasksIn(world)[0]).not.toHaveProperty('announced');
    await world.run(seconds(1_000));
    expect(statuses(world)).toEqual({ delivered: 1 });
    expect(manifestsOf(world)).toEqual([]);
  });

  it('is made by the sweep before its manifest moves on, so the next sweep finds it if this one dies', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(toOne);
    world.deliveryQueue.purge();
    world.advance(seconds(300));
    const create = async () => {
      throw new Error('DynamoDB is away');
    };

    const ports = { ...world.sweepPorts, deliveries: { ...world.table, create } };
    expect(await world.sweep(ports)).toMatchObject({ tasks: 0, errors: 1 });

    world.advance(seconds(60));
    expect(await world.sweep()).toMatchObject({ tasks: 1 });
  });

  it('is sent no second time by a sweep whose read has missed that a worker has it', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(toOne);
    world.advance(seconds(290));
    await world.dieInRequest();
    world.advance(seconds(10));
    const ports = { ...world.sweepPorts, deliveries: { ...world.table, standings: async () => [] } };

    expect(await world.sweep(ports)).toMatchObject({ tasks: 0, neverAttempted: 0 });

    expect(manifestsOf(world)).toHaveLength(1);
  });

  it('has the record that a hold needs when its endpoint is disabled before the first claim', async () => {
    const { world, disable, enable } = await worldWithOneEndpoint();
    await world.publish(toOne);
    await disable();
    await world.deliverOnce();
    expect(world.delivery()).toMatchObject({ status: 'held', claims: 0 });

    await enable();
    await world.run(seconds(200));

    expect(statuses(world)).toEqual({ delivered: 1 });
  });

  it('is discarded, with a record that says so, when its endpoint is deleted before the first claim', async () => {
    const { world, remove } = await worldWithOneEndpoint();
    await world.publish(toOne);
    await remove();

    await world.deliverOnce();

    expect(world.delivery()).toMatchObject({
      status: 'discarded',
      lastError: 'its endpoint was deleted',
    });
    expect(world.deadLetters).toEqual([]);
  });

  it('has the record that a wait needs, and its next task announces nothing', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(toOne);
    world.limiter.limiter.set(endpointHashOf('acme', 'ep_1'), {
      slots: {},
      failures: 5,
      probes: 0,
      openUntil: later(world.now(), seconds(300)),
    });

    for (let turn = 0; turn < 2; turn++) await world.deliverOnce();

    expect(world.delivery()).toMatchObject({ status: 'pending', claims: 0 });
    expect(world.delivery().waitsSince).toBeDefined();
    expect(tasksIn(world)).toHaveLength(1);
    expect(tasksIn(world)[0]).not.toHaveProperty('announced');
  });

  it('is a suspect when the worker dies that has made it', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(toOne);
    await world.dieInRequest();
    world.advance(seconds(600));

    await world.deliverOnce();

    expect(world.delivery()).toMatchObject({ status: 'delivered', claims: 2 });
  });

  it('says in its record what one that λ publish makes would say', async () => {
    const { world, disable, enable } = await worldWithOneEndpoint(() => refused(503));
    await disable();
    await world.publish({ ...toOne, id: 'made' });
    await enable();
    await world.publish({ ...toOne, id: 'announced' });
    await world.recordAnnounced();

    const [made, announced] = [...world.table.deliveries.values()];
    const { id: _, eventId: __, correlationId: ___, heldAt: ____, dueAt: _____, ...facts } = made ?? {};
    expect(announced).toMatchObject({ ...facts, status: 'pending' });
  });
});

describe('the record of a delivery', () => {
  it.each([
    ['a test', { ...toOne, byHand: 'test' }],
    [
      'a URL that is not registered',
      { ...toOne, tenant: undefined, endpoint: { id: 'u', url: 'https://u.example/' } },
    ],
  ])('is made by λ publish for %s', async (_what, publication) => {
    const { world } = await worldWithOneEndpoint(() => accepted);

    await world.publish(publication);

    expect(world.delivery()).toMatchObject({ status: 'pending', claims: 0 });
    expect(tasksIn(world)[0]).not.toHaveProperty('announced');
  });
});

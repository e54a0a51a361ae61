import { describe, expect, it } from 'vitest';
import { asTenantId } from '../../../lambdas/domain/ids.ts';
import { later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import type { ClientHooks } from '../../../testing/memory/dynamodb/dynamodb.ts';
import { endpointHashOf } from '../../support/fixtures/ids.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { message, refused, start } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const event = { id: 'e1', type: 'invoice.paid', tenant: asTenantId('acme'), data: {} };
const registered = endpointHashOf('acme', 'ep_1');
const direct = endpointHashOf('', message.endpoint.id);

/** A world with one registered endpoint, which takes one request at a time. */
async function oneAtATime(hooks?: ClientHooks) {
  const world = outboundWorld(undefined, undefined, { hooks });
  await world.endpoints.create(newEndpoint(start, { maxConcurrent: 1 }));
  return world;
}

type World = Awaited<ReturnType<typeof oneAtATime>>;

/** The breaker of an endpoint is open for five minutes. */
const openBreaker = ({ limiter, now }: World, key: string) =>
  limiter.limiter.set(key, { slots: {}, failures: 5, probes: 0, openUntil: later(now(), seconds(300)) });

/** Another worker has the only slot. */
const takeSlot = ({ limiter, now }: World, key: string) =>
  limiter.limiter.set(key, {
    slots: { other: { count: 1, until: later(now(), seconds(36)) } },
    failures: 0,
    probes: 0,
    provenAt: now(),
  });

/** Sends the only delivery's task once more, as SQS may. */
const duplicateTask = async ({ deliveryQueue }: World) =>
  deliveryQueue.send({ body: deliveryQueue.contents()[0] ?? '' });

describe('a task that finds no slot', () => {
  it('comes back while another worker has its delivery, for that worker may die', async () => {
    const world = await oneAtATime();
    await world.publish(event);
    await world.dieInRequest();
    await duplicateTask(world);

    await world.deliverOnce();

    expect(world.deliveryQueue.contents()).toHaveLength(2);
    expect(world.delivery()).toMatchObject({ status: 'pending', claims: 1, attempts: 0 });
    expect(world.delivery().nextAttemptAt).toBeUndefined();
  });

  it('comes back when the worker of its delivery has died, for nothing else would run it soon', async () => {
    const world = await oneAtATime();
    await world.publish(event);
    await world.dieInRequest();
    world.advance(seconds(81));
    takeSlot(world, registered);
    await duplicateTask(world);

    await world.deliverOnce();

    expect(world.deliveryQueue.contents()).toHaveLength(2);
  });

  it('a deferred task is sent though the response to its deferral was lost, and the client wrote it again', async () => {
    const world = await oneAtATime({
      isRepeated: ({ action, input }) =>
        action === 'UpdateItem' &&
        Object.values(input.ExpressionAttributeNames ?? {}).includes('nextAttemptAt'),
    });
    await world.publish(event);
    takeSlot(world, registered);

    await world.deliverOnce();

    expect(world.deliveryQueue.contents()).toHaveLength(1);
    expect(world.delivery().nextAttemptAt).toBeDefined();
  });

  it('is acknowledged when its attempt is recorded, though the next one is deferred until the same time', async () => {
    const world = await oneAtATime();
    await world.publish(event);
    const [task = ''] = world.deliveryQueue.contents();
    await world.deliverOnce({ ...world.deliverPorts, post: async () => refused(503) });
    const retryAfter = later(world.now(), seconds(300));
    world.limiter.limiter.set(registered, { slots: {}, failures: 0, probes: 0, retryAfter });
    world.advance(seconds(2));
    await world.deliverOnce();
    world.advance(seconds(10));
    await world.deliveryQueue.send({ body: task });

    await world.deliverOnce();

    expect(world.report.named('delivery.deferred')).toHaveLength(1);
    expect(world.deliveryQueue.contents()).toHaveLength(1);
  });

  it('is acknowledged when its delivery is deferred already, so that tasks never multiply', async () => {
    const world = await oneAtATime();
    await world.publish(event);
    await duplicateTask(world);
    takeSlot(world, registered);

    await world.deliverOnce();

    expect(world.deliveryQueue.contents()).toHaveLength(1);
    expect(world.report.named('delivery.deferred')).toHaveLength(1);
  });
});

describe('the deadline of a delivery that is deferred', () => {
  /** A delivery's deadline before a task of it is deferred, and the delivery afterwards. */
  async function deferred(world: World) {
    const { deadline } = world.delivery();
    const before = world.now();
    // The first worker passes on the task of an endpoint that is down.
    for (let turn = 0; turn < 2; turn++) await world.deliverOnce();
    const delivery = world.delivery();
    const wait = (delivery.nextAttemptAt ?? before) - before;
    expect(wait).toBeGreaterThan(0);
    return { delivery, wait, moved: delivery.deadline - deadline };
  }

  it('moves by the wait while the breaker of its endpoint is open', async () => {
    const world = await oneAtATime();
    await world.publish(event);
    openBreaker(world, registered);

    const { wait, moved } = await deferred(world);

    expect(moved).toBe(wait);
  });

  it('stands while the breaker of a URL is open: a URL cannot be disabled, so that its delivery would never end', async () => {
    const world = outboundWorld();
    await world.publish(message);
    openBreaker(world, direct);

    expect((await deferred(world)).moved).toBe(0);
  });

  it.each([
    ['an endpoint', event, registered],
    ['a URL', message, direct],
  ])('moves by the wait for a slot of %s', async (_what, publication, key) => {
    const world = outboundWorld(undefined, { ...outboundWorld().settings, maxConcurrent: 1 });
    await world.endpoints.create(newEndpoint(start));
    await world.publish(publication);
    takeSlot(world, key);

    const { wait, moved } = await deferred(world);

    expect(moved).toBe(wait);
  });

  it('is an hour after its turn when it was near, so that a wait for a slot does not use it up', async () => {
    const world = await oneAtATime();
    await world.publish(event);
    const { id } = world.delivery();
    world.table.deliveries.set(id, { ...world.delivery(), deadline: later(world.now(), seconds(60)) });
    takeSlot(world, registered);

    const { delivery } = await deferred(world);

    expect(delivery.deadline).toBe(unixMillis((delivery.nextAttemptAt ?? 0) + 3_600_000));
    expect(world.deliveryQueue.contents()).toHaveLength(1);
  });

  it('moves by the wait for an open breaker even when it is near', async () => {
    const world = await oneAtATime();
    await world.publish(event);
    const { id } = world.delivery();
    const deadline = later(world.now(), seconds(60));
    world.table.deliveries.set(id, { ...world.delivery(), nextAttemptAt: world.now(), deadline });
    openBreaker(world, registered);

    const { wait, moved } = await deferred(world);

    expect(moved).toBe(wait);
  });
});

import { describe, expect, it } from 'vitest';
import { DeliveryTask, type TaskQueue } from '../../../lambdas/domain/delivery-task.ts';
import { asTenantId } from '../../../lambdas/domain/ids.ts';
import type { LimiterState } from '../../../lambdas/domain/limiter.ts';
import { parseMessage } from '../../../lambdas/domain/messages.ts';
import { later, seconds } from '../../../lambdas/domain/time.ts';
import { endpointHashOf } from '../../support/fixtures/ids.ts';
import { message, refused } from '../../support/fixtures/outbound.ts';
import { statuses, worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';

type World = Awaited<ReturnType<typeof worldWithOneEndpoint>>['world'];
const limiterKey = endpointHashOf('acme', 'ep_1');
const event = (id: string) => ({ id, type: 'invoice.paid', tenant: asTenantId('acme'), data: {} });

const set = ({ limiter }: World, state: Partial<LimiterState>, key = limiterKey) =>
  limiter.limiter.set(key, { slots: {}, failures: 0, probes: 0, ...state });
const tasksIn = ({ deliveryQueue }: World, queue: TaskQueue) =>
  deliveryQueue.contentsOf(queue).map((text) => parseMessage(DeliveryTask, 'delivery task', text));

/** A world in which the endpoint was slow, or is down. */
const sidelined = {
  slow: ({ now }: World) => ({ slowAt: now(), provenAt: now() }),
  down: ({ now }: World) => ({ failures: 5, openUntil: later(now(), seconds(300)) }),
};

describe('a task of an endpoint that is slow or down', () => {
  it.each(['slow', 'down'] as const)(
    'is passed on from the delivery queue as it is, without a claim, a request or a write, if the endpoint is %s',
    async (kind) => {
      const { world } = await worldWithOneEndpoint();
      await world.publish(event('a'));
      const [task] = tasksIn(world, 'delivery');
      set(world, sidelined[kind](world));

      await world.deliverOnce();

      expect(tasksIn(world, 'delivery')).toEqual([]);
      expect(tasksIn(world, 'sideline')).toEqual([task]);
      expect(world.table.deliveries.size).toBe(0);
      expect(world.requests).toEqual([]);
    },
  );

  it('is carried out by a worker of the sideline queue', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(event('a'));
    set(world, sidelined.slow(world));

    for (let turn = 0; turn < 2; turn++) await world.deliverOnce();

    expect(statuses(world)).toEqual({ delivered: 1 });
    expect(world.deliveryQueue.contents()).toEqual([]);
  });

  it('is passed on for a URL that is not registered, too', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(message);
    set(world, sidelined.slow(world), endpointHashOf('', message.endpoint.id));

    await world.deliverOnce();

    expect(tasksIn(world, 'sideline')).toMatchObject([{ isDirect: true, payload: expect.any(String) }]);
  });

  it('stays in the sideline queue: its retry is sent there, while the endpoint is slow', async () => {
    const { world } = await worldWithOneEndpoint(() => refused(503));
    await world.publish(event('a'));
    set(world, sidelined.slow(world));

    for (let turn = 0; turn < 2; turn++) await world.deliverOnce();

    expect(tasksIn(world, 'delivery')).toEqual([]);
    expect(tasksIn(world, 'sideline')).toMatchObject([{ attempt: 2 }]);
  });

  it('is deferred to the sideline queue while the breaker is open', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(event('a'));
    set(world, sidelined.down(world));

    for (let turn = 0; turn < 2; turn++) await world.deliverOnce();

    expect(world.report.total('DeliveriesDeferred')).toBe(1);
    expect(tasksIn(world, 'delivery')).toEqual([]);
    expect(tasksIn(world, 'sideline')).toHaveLength(1);
  });

  it('is held like any other when the endpoint is disabled', async () => {
    const { world, disable } = await worldWithOneEndpoint();
    await world.publish(event('a'));
    set(world, sidelined.slow(world));
    await disable();

    await world.deliverOnce();

    expect(statuses(world)).toEqual({ held: 1 });
    expect(world.deliveryQueue.contents()).toEqual([]);
  });
});

it('a worker of the sideline queue sends no task back, though the endpoint is well', async () => {
  const { world } = await worldWithOneEndpoint();
  await world.publish(event('a'));
  set(world, sidelined.slow(world));
  await world.deliverOnce();
  set(world, {});

  await world.deliverOnce();

  expect(statuses(world)).toEqual({ delivered: 1 });
});

it('the next task of an endpoint that works again goes to the delivery queue', async () => {
  const { world } = await worldWithOneEndpoint((_request, count) =>
    count === 1 ? refused(429) : refused(503),
  );
  await world.publish(event('a'));
  set(world, sidelined.down(world));
  await world.deliverOnce();
  set(world, {});

  await world.deliverOnce();

  expect(tasksIn(world, 'sideline')).toEqual([]);
  expect(tasksIn(world, 'delivery')).toHaveLength(1);
});

describe('a request by hand', () => {
  const test = { ...event('t'), endpoint: { id: 'ep_1' }, byHand: 'test' };

  it('a request by hand to an endpoint that is down does not wait behind its tasks', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(test);
    set(world, sidelined.down(world));

    await world.deliverOnce();

    expect(statuses(world)).toEqual({ delivered: 1 });
  });

  it('a request by hand to an endpoint that is slow goes where it has its whole time', async () => {
    const { world } = await worldWithOneEndpoint();
    await world.publish(test);
    set(world, sidelined.slow(world));

    await world.deliverOnce();

    expect(tasksIn(world, 'sideline')).toMatchObject([{ byHand: 'test' }]);
  });
});

import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../../lambdas/domain/attempt-outcome.ts';
import { DeliveryTask, type TaskQueue } from '../../../lambdas/domain/delivery-task.ts';
import { asTenantId } from '../../../lambdas/domain/ids.ts';
import { parseMessage } from '../../../lambdas/domain/messages.ts';
import { deadlineOf, isCut } from '../../../lambdas/domain/request-deadline.ts';
import { later, millis, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import type { SignedRequest } from '../../../lambdas/outbound/ports.ts';
import { endpointHashOf } from '../../support/fixtures/ids.ts';
import { accepted } from '../../support/fixtures/outbound.ts';
import { statuses, worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';

const limiterKey = endpointHashOf('acme', 'ep_1');
const event = (id: string) => ({ id, type: 'invoice.paid', tenant: asTenantId('acme'), data: {} });
const timedOut: AttemptOutcome = {
  kind: 'unreachable',
  cause: 'timeout',
  phase: 'head',
  error: 'no response',
};

/** A world with an endpoint that takes so many ms, and the deadlines of its requests. */
async function slowWorld(ms: number) {
  const { world } = await worldWithOneEndpoint();
  const deadlines: number[] = [];
  const behaviour = { ms, outcome: accepted as AttemptOutcome };
  const post = async ({ timeout }: SignedRequest): Promise<AttemptOutcome> => {
    deadlines.push(timeout);
    world.advance(seconds(Math.min(behaviour.ms, timeout) / 1_000));
    return behaviour.ms > timeout ? timedOut : behaviour.outcome;
  };
  world.deliverPorts.post = post;
  const tasksIn = (queue: TaskQueue) =>
    world.deliveryQueue.contentsOf(queue).map((text) => parseMessage(DeliveryTask, 'delivery task', text));
  return { world, deadlines, behaviour, tasksIn, state: () => world.limiter.read(limiterKey) };
}

describe('a request of the delivery queue', () => {
  it('a request that takes longer than 5 s is cut, and goes on in the sideline queue as the same attempt', async () => {
    const { world, deadlines, tasksIn, state } = await slowWorld(6_000);
    await world.publish(event('a'));

    await world.deliverOnce();

    expect(deadlines).toEqual([5_000]);
    expect(tasksIn('delivery')).toEqual([]);
    expect(tasksIn('sideline')).toMatchObject([{ attempt: 1 }]);
    expect(world.delivery()).toMatchObject({
      status: 'pending',
      attempts: 0,
      lastError: 'no response within 5 s: asked again with more time',
      nextAttemptAt: world.now(),
      dueAt: later(world.now(), seconds(120)),
    });
    expect(world.delivery()).not.toHaveProperty('leaseUntil');
    expect(await state()).toMatchObject({ failures: 0, slowAt: world.now() });
    expect(world.report.total('AttemptsFailed')).toBe(0);
  });

  it('the same attempt succeeds with the endpoint’s own deadline, and the next task goes to the sideline queue directly', async () => {
    const { world, deadlines } = await slowWorld(6_000);
    for (const id of ['a', 'b']) {
      await world.publish(event(id));
      await world.run(seconds(60));
    }

    expect(deadlines).toEqual([5_000, 30_000, 30_000]);
    expect(statuses(world)).toEqual({ delivered: 2 });
    for (const delivery of world.table.deliveries.values()) expect(delivery.attempts).toBe(1);
  });

  it('a request that is cut counts toward no failure: an endpoint that always takes 6 s is neither down nor disabled', async () => {
    const { world, state } = await slowWorld(6_000);
    for (let id = 0; id < 30; id++) {
      await world.publish(event(`e${id}`));
      await world.run(seconds(30));
    }

    expect(statuses(world)).toEqual({ delivered: 30 });
    expect(world.report.total('BreakersOpened')).toBe(0);
    expect((await state()).failingSince).toBeUndefined();
  });

  it('a delivery that is cut near its deadline has an hour for its whole attempt', async () => {
    const { world } = await slowWorld(6_000);
    await world.publish(event('a'));
    await world.recordAnnounced();
    const { id } = world.delivery();
    const deadline = later(world.now(), seconds(2));
    // It is a retry that came in time: one that comes too late gets a new deadline anyway.
    const retried = { ...world.delivery(), nextAttemptAt: world.now(), deadline };
    world.table.deliveries.set(id, retried);

    await world.deliverOnce();
    expect(world.delivery().deadline).toBe(later(world.now(), seconds(3_600)));
    await world.run(seconds(60));

    expect(statuses(world)).toEqual({ delivered: 1 });
  });

  it('the task of a request that was cut by hand is by hand, too', async () => {
    const { world, tasksIn } = await slowWorld(6_000);
    await world.publish({ ...event('t'), endpoint: { id: 'ep_1' }, byHand: 'test' });

    await world.deliverOnce();

    expect(tasksIn('sideline')).toMatchObject([{ byHand: 'test', attempt: 1 }]);
  });
});

describe('a failure', () => {
  const network: AttemptOutcome = { kind: 'unreachable', cause: 'network', phase: 'connect', error: 'reset' };

  it.each([
    ['that occupied a worker for longer than a second sidelines its endpoint', 3_000, true],
    ['that comes at once does not', 1_000, false],
  ])('a failure %s', async (_what, ms, isSlow) => {
    // With a slot, too.
    for (const isWatched of [false, true]) {
      const { world, behaviour, state } = await slowWorld(ms);
      behaviour.outcome = network;
      const failing = { slots: {}, failures: 0, probes: 0, failingSince: unixMillis(1) };
      if (isWatched) world.limiter.limiter.set(limiterKey, failing);
      await world.publish(event('a'));

      await world.deliverOnce();

      expect((await state()).slowAt !== undefined).toBe(isSlow);
      expect(await state()).toMatchObject({ failures: 1 });
      expect(world.delivery().attempts).toBe(1);
    }
  });
});

describe('a probe', () => {
  it('a probe has 5 s, and twice as long after each that failed, until it has the endpoint’s own deadline', async () => {
    const { world, deadlines, state } = await slowWorld(1_000_000);
    const openUntil = world.now();
    world.limiter.limiter.set(limiterKey, { slots: {}, failures: 5, probes: 0, openUntil });
    await world.publish(event('a'));

    await world.run(seconds(1_800));

    expect(deadlines.slice(0, 5)).toEqual([5_000, 10_000, 20_000, 30_000, 30_000]);
    expect(world.delivery().attempts).toBe(deadlines.length - 3);
    expect(await state()).toMatchObject({ openUntil: expect.any(Number) });
  });

  it('a probe proves an endpoint that takes 6 s by its second try, with no attempt lost', async () => {
    const { world, deadlines, state } = await slowWorld(6_000);
    const openUntil = world.now();
    world.limiter.limiter.set(limiterKey, { slots: {}, failures: 5, probes: 0, openUntil });
    await world.publish(event('a'));

    await world.run(seconds(300));

    expect(deadlines).toEqual([5_000, 10_000]);
    expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 1 });
    expect((await state()).openUntil).toBeUndefined();
  });
});

describe('the deadline of a request', () => {
  const own = millis(30_000);

  it.each([
    ['delivery', undefined, own, 5_000],
    ['delivery', undefined, millis(3_000), 3_000],
    ['delivery', 3, own, 5_000],
    ['sideline', undefined, own, 30_000],
    ['sideline', 0, own, 5_000],
    ['sideline', 1, own, 10_000],
    ['sideline', 2, own, 20_000],
    ['sideline', 3, own, 30_000],
    ['sideline', 99, own, 30_000],
  ] as const)('in the queue %s, after %s failed probes and with %i ms of its own is %i ms', (...given) => {
    const [queue, failedProbes, most, expected] = given;
    expect(deadlineOf({ queue, failedProbes }, most)).toBe(expected);
  });

  const ended = { outcome: timedOut, took: millis(5_001), deadline: millis(5_000) };
  const deadlines = { attemptTimeout: own, connectTimeout: millis(5_000) };
  const connecting = { ...timedOut, phase: 'connect' } as const;

  it('is cut only if it took its whole deadline, which is shorter than the endpoint’s own, without a response', () => {
    expect(isCut(ended, deadlines)).toBe(true);
    expect(isCut({ ...ended, took: millis(4_950) }, deadlines)).toBe(true);
    expect(isCut({ ...ended, took: millis(3_000) }, deadlines)).toBe(false);
    expect(isCut(ended, { ...deadlines, attemptTimeout: millis(5_000) })).toBe(false);
    expect(isCut({ ...ended, outcome: accepted }, deadlines)).toBe(false);
    expect(isCut({ ...ended, outcome: { ...timedOut, cause: 'network' } }, deadlines)).toBe(false);
  });

  it('is cut while it connects only if connecting may take longer', () => {
    expect(isCut({ ...ended, outcome: connecting }, deadlines)).toBe(false);
    expect(isCut({ ...ended, outcome: connecting }, { ...deadlines, connectTimeout: millis(9_000) })).toBe(
      true,
    );
  });
});

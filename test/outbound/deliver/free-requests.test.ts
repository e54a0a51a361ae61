import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../../lambdas/domain/attempt-outcome.ts';
import { asTenantId } from '../../../lambdas/domain/ids.ts';
import { seconds } from '../../../lambdas/domain/time.ts';
import { accepted, refused, start } from '../../support/fixtures/outbound.ts';
import { statuses } from '../../support/worlds/one-endpoint.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { limiterKey, watchedWorld } from '../../support/worlds/watched-world.ts';

const event = (id: string) => ({ id, type: 'invoice.paid', tenant: asTenantId('acme'), data: {} });
const timedOut: AttemptOutcome = { kind: 'unreachable', cause: 'timeout', error: 'no answer' };

/** Moves the virtual clock by milliseconds. */
const wait = (world: Pick<ReturnType<typeof outboundWorld>, 'advance'>, ms: number) =>
  world.advance(seconds(ms / 1_000));

/** Moves the only task to the queue whose workers wait for as long as the endpoint may take. */
async function toSideline({ deliveryQueue }: Pick<ReturnType<typeof outboundWorld>, 'deliveryQueue'>) {
  const [task] = deliveryQueue.receiveFrom('delivery', 1);
  await deliveryQueue.send({ queue: 'sideline', body: task?.text ?? '' });
  await deliveryQueue.delete(task?.receiptHandle ?? '');
}

describe('a healthy endpoint without limits', () => {
  it('a healthy endpoint without limits costs one read for a batch, and no write', async () => {
    const { world, calls, worker } = await watchedWorld();
    for (let id = 0; id < 5; id++) await world.publish(event(`e${id}`));

    await world.deliverOnce(worker());

    expect(statuses(world)).toEqual({ delivered: 5 });
    expect(calls).toEqual(['readWithLimiter']);
    expect(world.limiter.limiter.get(limiterKey)).toBeUndefined();
  });

  it('a healthy endpoint without limits is read once for each batch', async () => {
    const { world, calls, worker } = await watchedWorld();
    const process = worker();
    for (const id of ['a', 'b', 'c']) await world.publish(event(id));
    await world.deliverOnce(process);
    expect(calls).toEqual(['readWithLimiter']);

    await world.publish(event('d'));
    await world.deliverOnce(process);

    expect(world.requests).toHaveLength(4);
    expect(calls).toEqual(['readWithLimiter', 'readWithLimiter']);
  });

  it('a healthy endpoint with a limit needs a slot for each request', async () => {
    const { world, calls, worker } = await watchedWorld(() => accepted, { maxConcurrent: 3 });
    await world.publish(event('a'));

    await world.deliverOnce(worker());

    expect(calls).toEqual(['readWithLimiter', 'take', 'leave']);
  });
});

describe('a failure of an endpoint without limits', () => {
  it('a failure is noted once, and one success of a request that knows of it clears it', async () => {
    const { world, calls, worker, state } = await watchedWorld((_request, count) =>
      count === 1 ? refused(503) : accepted,
    );
    const process = worker();
    await world.publish(event('a'));
    await world.deliverOnce(process);
    world.db.expire();
    expect(await state()).toMatchObject({ failures: 1, failingSince: world.now() });

    await world.publish(event('b'));
    await world.deliverOnce(process);
    const after = await state();
    expect([after.failures, after.failingSince]).toEqual([0, undefined]);
    calls.length = 0;
    await world.publish(event('c'));
    await world.deliverOnce(process);

    expect(calls).toEqual(['readWithLimiter']);
  });

  it('a failure is cleared by the next batch of another process, so no old failure disables an endpoint', async () => {
    const { world, worker, state } = await watchedWorld((_request, count) =>
      count === 2 ? refused(503) : accepted,
    );
    const [one, other] = [worker(), worker()];
    await world.publish(event('a'));
    await world.deliverOnce(other);
    await world.publish(event('b'));
    await world.deliverOnce(one);
    expect((await state()).failingSince).toBe(world.now());

    await world.publish(event('c'));
    await world.deliverOnce(other);

    expect((await state()).failingSince).toBeUndefined();
  });

  it('a failure is cleared by a request that was under way when it was noted, in the same process', async () => {
    const { world, calls, worker, state } = await watchedWorld(async (_request, count) => {
      if (count === 2) return refused(503);
      for (let turn = 0; turn < 300; turn++) await Promise.resolve();
      return accepted;
    });
    const process = worker();
    for (const id of ['a', 'b']) await world.publish(event(id));

    await world.deliverOnce(process);

    expect(calls.filter((name) => name === 'note')).toHaveLength(2);
    expect((await state()).failingSince).toBeUndefined();
  });

  it('a failure with others at the same time takes two writes, and counts as all of them', async () => {
    const { world, calls, worker, state } = await watchedWorld((_request, count) =>
      count <= 2 ? accepted : refused(503),
    );
    const process = worker();
    for (const id of ['a', 'b']) await world.publish(event(id));
    await world.deliverOnce(process);
    for (let id = 0; id < 4; id++) await world.publish(event(`e${id}`));

    await world.deliverOnce(process);

    expect(calls.filter((name) => name === 'note')).toHaveLength(2);
    expect((await state()).failures).toBe(4);
  });

  it('failures after many successes in the same process open no breaker before they are half of its requests', async () => {
    const { world, worker } = await watchedWorld((_request, count) =>
      count <= 20 ? accepted : refused(503),
    );
    const process = worker();
    for (let id = 0; id < 20; id++) await world.publish(event(`e${id}`));
    while ((await world.deliverOnce(process)) > 0);
    for (let id = 0; id < 5; id++) await world.publish(event(`f${id}`));

    await world.deliverOnce(process);

    expect(world.report.total('BreakersOpened')).toBe(0);
  });

  it('a failure that is noted and cleared each day for a week disables no endpoint', async () => {
    const { world } = await watchedWorld((_request, count) => (count % 2 === 1 ? refused(503) : accepted));
    for (let day = 0; day < 7; day++) {
      await world.publish(event(`e${day}`));
      await world.run(seconds(86_400));
    }

    expect(world.endpoints.endpoints.get('acme/ep_1')?.status).toBe('enabled');
    expect(statuses(world)).toEqual({ delivered: 7 });
  });
});

describe('an endpoint without limits that hangs', () => {
  it('an endpoint that hangs gets two requests at once from a process, until it has answered quickly', async () => {
    const under = { way: 0, most: 0, mostBefore: 0 };
    const { world, worker } = await watchedWorld(async () => {
      under.most = Math.max(under.most, ++under.way);
      for (let turn = 0; turn < 500; turn++) await Promise.resolve();
      under.mostBefore ||= under.most;
      under.way--;
      return accepted;
    });
    const process = worker();
    for (let id = 0; id < 5; id++) await world.publish(event(`e${id}`));
    await world.deliverOnce(process);
    expect(under.mostBefore).toBe(2);

    for (let id = 0; id < 5; id++) await world.publish(event(`f${id}`));
    await world.deliverOnce(process);

    expect(under.most).toBe(5);
  });

  it('an endpoint that hangs is known to all after five seconds, and gets two requests at a time', async () => {
    const { world, worker, state } = await watchedWorld();
    await world.publish(event('a'));
    await toSideline(world);

    await world.deliverOnce({
      ...worker(),
      after: (span, act) => {
        expect(span).toBe(5_000);
        act();
        return () => undefined;
      },
      post: async ({ timeout }) => {
        for (let turn = 0; turn < 50; turn++) await Promise.resolve();
        expect(await state()).toMatchObject({ slowAt: world.now(), failures: 0 });
        wait(world, timeout);
        return timedOut;
      },
    });

    expect(await state()).toMatchObject({ failures: 1 });
    expect((await state()).provenAt).toBeUndefined();
  });

  it('an endpoint that hangs is known to all by a request that is cut after five seconds', async () => {
    const { world, calls, worker, state } = await watchedWorld();
    await world.publish(event('a'));

    await world.deliverOnce({
      ...worker(),
      async post({ timeout }) {
        wait(world, timeout);
        return timedOut;
      },
    });

    expect(world.now()).toBe(start + 5_000);
    expect(await state()).toMatchObject({ slowAt: world.now(), failures: 0 });
    expect((await state()).failingSince).toBeUndefined();
    expect(calls.filter((name) => name === 'note')).toHaveLength(1);
  });

  it('an endpoint that is slow needs slots until it has answered quickly twenty times in a row', async () => {
    const took = { ms: 6_000 };
    const { world, calls, worker, state } = await watchedWorld(() => {
      wait(world, took.ms);
      return accepted;
    });
    const process = worker();
    await world.publish(event('a'));
    await toSideline(world);
    await world.deliverOnce(process);
    expect(await state()).toMatchObject({ slowAt: world.now(), provenAt: world.now(), slowLeft: 20 });

    took.ms = 20;
    for (let nth = 1; nth <= 20; nth++) {
      expect((await state()).slowLeft).toBe(21 - nth);
      await world.publish(event(`b${nth}`));
      for (let turn = 0; turn < 2; turn++) await world.deliverOnce(process);
    }
    expect((await state()).slowAt).toBeUndefined();
    calls.length = 0;
    await world.publish(event('c'));
    await world.deliverOnce(process);

    expect(calls).toEqual(['readWithLimiter']);
  });
});

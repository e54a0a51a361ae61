import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../../lambdas/domain/attempt-outcome.ts';
import { asTenantId } from '../../../lambdas/domain/ids.ts';
import { breakerOf } from '../../../lambdas/domain/limiter.ts';
import { seconds } from '../../../lambdas/domain/time.ts';
import { endpointHashOf } from '../../support/fixtures/ids.ts';
import { accepted, refused } from '../../support/fixtures/outbound.ts';
import { statuses, worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';

const limiterKey = endpointHashOf('acme', 'ep_1');
const event = (id: string) => ({ id, type: 'invoice.paid', tenant: asTenantId('acme'), data: {} });
const test = (id: string) => ({ ...event(id), endpoint: { id: 'ep_1' }, byHand: 'test' });

describe('an endpoint that answers with Retry-After', () => {
  it.each([429, 503])(
    'an endpoint that answers %i with Retry-After gets no request before, of any delivery',
    async (status) => {
      const { world } = await worldWithOneEndpoint((_request, count) =>
        count === 1 ? refused(status, seconds(600)) : accepted,
      );
      await world.publish(event('first'));
      await world.run(seconds(10));
      for (let id = 0; id < 20; id++) await world.publish(event(`e${id}`));

      await world.run(seconds(580));
      expect(world.requests).toHaveLength(1);

      await world.run(seconds(60));
      expect(statuses(world)).toEqual({ delivered: 21 });
      const asked = world.requests.map(({ at }) => at - (world.requests[0]?.at ?? 0));
      expect(asked.slice(1).every((at) => at >= 600_000)).toBe(true);
    },
  );

  it('an endpoint that answers 429 with Retry-After is not down: its breaker stays closed and shows the time', async () => {
    const { world, read } = await worldWithOneEndpoint(() => refused(429, seconds(60)));
    for (let id = 0; id < 20; id++) await world.publish(event(`e${id}`));

    await world.run(seconds(600));

    expect(world.report.total('BreakersOpened')).toBe(0);
    expect((await read()).status).toBe('enabled');
    expect(breakerOf(await world.limiter.read(limiterKey), world.now())).toMatchObject({
      state: 'closed',
      failures: 0,
      retryAfter: expect.any(Number),
    });
  });

  it('an endpoint that answers 429 without Retry-After gets fewer requests, but its breaker stays closed', async () => {
    const { world } = await worldWithOneEndpoint(() => refused(429));
    for (let id = 0; id < 20; id++) await world.publish(event(`e${id}`));

    await world.run(seconds(300));

    expect(world.report.total('BreakersOpened')).toBe(0);
    const [first = 0, ...later] = world.requests.map(({ at }) => at);
    const inMinute = (minute: number) =>
      later.filter((at) => Math.floor((at - first) / 60_000) === minute).length;
    // The pause doubles up to a minute; those that were under way may end in it.
    expect(inMinute(0)).toBeLessThan(60);
    expect(inMinute(3)).toBeLessThanOrEqual(20);
  });

  it('an endpoint that answers 429 now and then gets its events: each success ends the slowness', async () => {
    const { world } = await worldWithOneEndpoint((_request, count) =>
      count % 4 === 0 ? refused(429) : accepted,
    );
    for (let id = 0; id < 40; id++) await world.publish(event(`e${id}`));

    await world.run(seconds(120));

    expect(statuses(world)).toEqual({ delivered: 40 });
    expect(world.report.total('BreakersOpened')).toBe(0);
  });

  it('an endpoint that answers 503 with Retry-After gets no probe before, for up to six hours', async () => {
    const hours = seconds(6 * 3_600);
    const answers: AttemptOutcome[] = [1, 2, 3, 4].map(() => refused(503));
    const { world } = await worldWithOneEndpoint(() => answers.shift() ?? refused(503, seconds(24 * 3_600)));
    for (let id = 0; id < 20; id++) await world.publish(event(`e${id}`));
    await world.run(seconds(300));
    const { length } = world.requests;
    const { state, nextProbeAt = 0 } = breakerOf(await world.limiter.read(limiterKey), world.now());
    expect(state).toBe('open');
    expect(nextProbeAt - world.now()).toBeGreaterThan((hours - 310) * 1000);

    await world.run(seconds(hours - 310));
    expect(world.requests).toHaveLength(length);

    await world.run(seconds(400));
    expect(world.requests.length).toBeGreaterThan(length);
  });

  it('a shorter Retry-After does not shorten a longer one, and other statuses ignore it', async () => {
    const { world } = await worldWithOneEndpoint((_request, count) =>
      count === 1
        ? refused(503, seconds(100))
        : count === 2
          ? refused(503, seconds(1))
          : refused(500, seconds(900)),
    );
    const before = world.now();
    await world.publish(event('a'), event('b'), event('c'));

    await world.deliverOnce();

    const { retryAfter = 0 } = await world.limiter.read(limiterKey);
    expect(retryAfter - before).toBe(100_000);
  });

  it('requests by hand to an endpoint with Retry-After are apart, and not behind the many that wait', async () => {
    const { world } = await worldWithOneEndpoint(() => refused(429, seconds(3_600)));
    await world.publish(event('first'));
    await world.run(seconds(300));
    for (let id = 0; id < 400; id++) await world.publish(event(`e${id}`));
    await world.run(seconds(0));
    const { length } = world.requests;

    await world.publish(...['a', 'b', 'c'].map(test));
    await world.run(seconds(10));

    const ids = world.requests.slice(length).map(({ headers }) => headers['webhook-id']);
    expect(ids.toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('a request by hand ignores Retry-After, and ends it with a success', async () => {
    const { world } = await worldWithOneEndpoint((_request, count) =>
      count === 1 ? refused(429, seconds(3_600)) : accepted,
    );
    await world.publish(event('a'));
    await world.run(seconds(5));
    await world.publish(event('b'));
    await world.run(seconds(5));
    expect(world.requests).toHaveLength(1);

    await world.publish(test('t'));
    await world.run(seconds(10));

    expect(statuses(world)).toEqual({ delivered: 3 });
  });
});

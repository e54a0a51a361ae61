import { describe, expect, it } from 'vitest';
import { seconds } from '../../../lambdas/domain/time.ts';
import { batches } from '../../../lib/settings.ts';
import { endpointHashOf } from '../../support/fixtures/ids.ts';
import { refused, start } from '../../support/fixtures/outbound.ts';
import { statuses } from '../../support/worlds/one-endpoint.ts';
import { pacedWorld } from '../../support/worlds/paced-world.ts';

type Options = Parameters<typeof pacedWorld>[0];

/** The longest time from the creation of a delivery to its last attempt, in ms. @param after of those created so many seconds later */
const longestWait = ({ world }: Awaited<ReturnType<typeof pacedWorld>>, after = 0): number =>
  Math.max(
    ...[...world.table.deliveries.values()]
      .filter(({ createdAt }) => createdAt >= start + after * 1_000)
      .map(({ createdAt, lastAttemptAt = Number.POSITIVE_INFINITY }) => lastAttemptAt - createdAt),
  );

const failingSinceOf = ({ world }: Awaited<ReturnType<typeof pacedWorld>>): number | undefined =>
  world.limiter.limiter.get(endpointHashOf('acme', 'ep_1'))?.failingSince;

describe('an endpoint with a limit of concurrent requests', () => {
  it('an endpoint with maxConcurrent 50 that takes 6 s has no backlog at one event a second', async () => {
    const paced = await pacedWorld({
      workers: 50,
      batchSize: 5,
      answersIn: 6_000,
      limits: { maxConcurrent: 50 },
    });

    for (let second = 0; second < 300; second++) {
      await paced.publish(1, `e${second}-`);
      await paced.run(second + 1);
      paced.moveTo(second + 1);
    }
    await paced.run(400);

    expect(statuses(paced.world)).toEqual({ delivered: 300 });
    // Its first requests are cut after 5 s, and made again; then two at a time, until it has responded.
    expect(longestWait(paced)).toBeLessThanOrEqual(12_000);
    expect(longestWait(paced, 20)).toBeLessThan(500);
    expect(paced.arrivals.length).toBeLessThanOrEqual(300 + 5);
    expect(paced.deferrals()).toBeLessThan(30);
    expect(failingSinceOf(paced)).toBeUndefined();
  });

  it('an endpoint with maxConcurrent 10 that answers in 20 ms takes 3,000 events at more than 200 a second', {
    timeout: 120_000,
  }, async () => {
    const paced = await pacedWorld({
      workers: 20,
      batchSize: 5,
      answersIn: 20,
      limits: { maxConcurrent: 10 },
    });
    await paced.publish(3_000);

    await paced.run(600);

    expect(statuses(paced.world)).toEqual({ delivered: 3_000 });
    expect(paced.under.most).toBe(10);
    expect(3_000 / paced.elapsed()).toBeGreaterThan(200);
    // A handful of deferrals a delivery at most.
    expect(paced.deferrals() / 3_000).toBeLessThan(2);
  });

  it('an endpoint with ten slots gets as much from twenty senders as from ten', {
    timeout: 120_000,
  }, async () => {
    const arrived: number[] = [];
    for (const workers of [10, 20]) {
      const paced = await pacedWorld({
        workers,
        batchSize: 1,
        answersIn: 70,
        limits: { maxConcurrent: 10 },
      });
      await paced.publish(800);
      await paced.run(5);
      arrived.push(paced.arrivals.length);
      expect(paced.under.most).toBe(10);
    }
    const [byTen = 0, byTwenty = 0] = arrived;

    expect(byTwenty / byTen).toBeGreaterThan(0.9);
  });
});

describe('the writes to the limiter of an endpoint with limits', () => {
  /** The most attempts a second if the limiter's item takes a thousand writes a second, as DynamoDB says. */
  const mostAttempts = ({ arrivals, writes }: Awaited<ReturnType<typeof pacedWorld>>): number =>
    (1_000 * arrivals.length) / writes();

  /** The attempts of the third second and the fourth, if there are always more events, and the item takes a thousand writes a second. */
  async function perSecond({
    answersIn = 20,
    ...options
  }: Pick<Options, 'workers' | 'limits'> & { readonly answersIn?: number }) {
    const paced = await pacedWorld({ ...options, answersIn, batchSize: batches.deliver, itemTakes: 1_000 });
    await paced.publish(10_000);
    await paced.run(4);
    const since = paced.world.now() - 2_000;
    return paced.arrivals.filter((at) => at > since).length / 2;
  }

  it('an item that takes a thousand writes a second takes more than 2,000 attempts of an endpoint with a hundred slots', {
    timeout: 120_000,
  }, async () => {
    expect(await perSecond({ workers: 15, limits: { maxConcurrent: 100 } })).toBeGreaterThan(2_000);
    // Three tasks for each slot.
    expect(await perSecond({ workers: 30, limits: { maxConcurrent: 100 } })).toBeGreaterThan(2_000);
  });

  it('an item that takes a thousand writes a second keeps a rate of a thousand to within a fifth', {
    timeout: 120_000,
  }, async () => {
    const rate = await perSecond({ workers: 100, limits: { maxPerSecond: 1_000 } });
    expect(rate).toBeGreaterThan(800);
    expect(rate).toBeLessThanOrEqual(1_000);
  });

  it.each<[string, Options['limits']]>([
    ['a hundred slots', { maxConcurrent: 100 }],
    ['forty slots', { maxConcurrent: 40 }],
    ['a rate of a thousand', { maxPerSecond: 1_000 }],
  ])(
    'the writes to the limiter of an endpoint with %s do not bound it below 2,000 attempts a second',
    {
      timeout: 120_000,
    },
    async (_what, limits) => {
      const drawn = { count: 0 };
      const paced = await pacedWorld({
        workers: 12,
        batchSize: batches.deliver,
        answersIn: () => 40 + (drawn.count++ % 7) * 5,
        limits,
      });
      await paced.publish(2_000);

      await paced.run(120);

      expect(statuses(paced.world)).toEqual({ delivered: 2_000 });
      expect(mostAttempts(paced)).toBeGreaterThan(2_000);
    },
  );
});

describe('an endpoint with a rate', () => {
  it('an endpoint with a rate of no whole milliseconds gets it to within a fifth', {
    timeout: 120_000,
  }, async () => {
    const paced = await pacedWorld({
      workers: 30,
      batchSize: 5,
      answersIn: 20,
      limits: { maxPerSecond: 700 },
    });
    await paced.publish(2_100);

    await paced.run(120);

    const rate = 2_100 / paced.elapsed();
    expect(rate).toBeLessThanOrEqual(700 * 1.01);
    expect(rate).toBeGreaterThan(700 * 0.8);
  });

  it('an endpoint with a rate gets its whole rate, and not more, with few deferrals', async () => {
    const paced = await pacedWorld({
      workers: 10,
      batchSize: 5,
      answersIn: 50,
      limits: { maxPerSecond: 20 },
    });
    await paced.publish(400);

    await paced.run(120);

    expect(statuses(paced.world)).toEqual({ delivered: 400 });
    const rate = 400 / paced.elapsed();
    expect(rate).toBeLessThanOrEqual(20.1);
    expect(rate).toBeGreaterThan(16);
    expect(paced.deferrals() / 400).toBeLessThan(5);
  });
});

describe('an endpoint without limits', () => {
  it('an endpoint without limits that hangs gets a few requests, then ten at most, then its breaker opens', async () => {
    const paced = await pacedWorld({
      workers: 20,
      batchSize: 5,
      answersIn: 30_000,
      outcome: { kind: 'unreachable', cause: 'timeout', error: 'no answer' },
    });

    for (let second = 0; second < 120; second++) {
      await paced.publish(1, `e${second}-`);
      await paced.run(second + 1);
      paced.moveTo(second + 1);
    }

    // In the five seconds until the first request counts as slow, and two of what other workers have read before.
    expect(paced.under.most).toBeLessThanOrEqual(8);
    expect(paced.world.report.total('BreakersOpened')).toBeGreaterThan(0);
    expect(paced.arrivals.length).toBeLessThanOrEqual(12);
  });

  it('an endpoint without limits that answers 429 after 20 requests a second is slowed down, and gets all events', async () => {
    const inSecond = new Map<number, number>();
    const paced = await pacedWorld({
      workers: 10,
      batchSize: 5,
      answersIn: 20,
      outcome(now) {
        const second = Math.floor(now / 1_000);
        const count = (inSecond.get(second) ?? 0) + 1;
        inSecond.set(second, count);
        return count > 20 ? refused(429) : { kind: 'accepted', status: 200 };
      },
    });
    await paced.publish(300);

    await paced.run(seconds(900));

    expect(statuses(paced.world)).toEqual({ delivered: 300 });
    expect(paced.world.report.total('BreakersOpened')).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../../lambdas/domain/attempt-outcome.ts';
import { asTenantId } from '../../../lambdas/domain/ids.ts';
import { days, seconds } from '../../../lambdas/domain/time.ts';
import { endpointHashOf } from '../../support/fixtures/ids.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { accepted, outboundSettings, type Request, refused, start } from '../../support/fixtures/outbound.ts';
import { statuses } from '../../support/worlds/one-endpoint.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { pacedWorld } from '../../support/worlds/paced-world.ts';

const url = 'https://acme.example/hooks';
const event = (id: string) => ({ id, type: 'invoice.paid', tenant: asTenantId('acme'), data: {} });
const timedOut: AttemptOutcome = { kind: 'unreachable', cause: 'timeout', error: 'no answer' };

/** A world with one registered endpoint. */
async function worldWith(
  limits: Parameters<typeof newEndpoint>[1],
  answer: (request: Request, count: number) => AttemptOutcome = () => accepted,
  settings = outboundSettings,
) {
  const world = outboundWorld(answer, settings);
  await world.endpoints.create(newEndpoint(start, { url, ...limits }));
  return world;
}

describe('the rate of an endpoint', () => {
  it('the rate of an endpoint is kept with any number of waiting tasks, and nothing is dropped', async () => {
    const { world, publish, run, arrivals } = await pacedWorld({
      workers: 5,
      batchSize: 5,
      answersIn: 1,
      limits: { maxPerSecond: 2 },
    });
    await publish(40);

    await run(120);

    expect(statuses(world)).toEqual({ delivered: 40 });
    const times = arrivals.toSorted((a, b) => a - b);
    for (const [index, at] of times.entries()) {
      expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(500);
    }
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(30_000);
    expect(world.deliveryQueue.contents()).toEqual([]);
  });
});

it('a delivery that waits longer than an SQS delay is not counted as never attempted', async () => {
  const world = await worldWith({ maxPerSecond: 0.01 });
  for (let id = 0; id < 30; id++) await world.publish(event(`e${id}`));

  await world.run(seconds(3_600));

  expect(statuses(world)).toEqual({ delivered: 30 });
  expect(world.report.named('delivery.resent').length).toBeGreaterThan(0);
  expect(world.report.total('DeliveriesNeverAttempted')).toBe(0);
});

describe('requests to one endpoint at the same time', () => {
  it('requests to one endpoint never exceed its limit; the others come back, and do not delay other endpoints', async () => {
    const under = { way: 0, most: 0 };
    const world = await worldWith({ maxConcurrent: 3 });
    const waiting: (() => void)[] = [];
    const ports = {
      ...world.deliverPorts,
      post: async () => {
        under.most = Math.max(under.most, ++under.way);
        await new Promise<void>((resolve) => waiting.push(resolve));
        under.way--;
        return accepted;
      },
    };
    await world.publish(event('first'));
    await world.run(seconds(1));
    for (let id = 0; id < 10; id++) await world.publish(event(`e${id}`));

    const batches = [world.deliverOnce(ports), world.deliverOnce(ports)];
    for (let turn = 0; turn < 300; turn++) await Promise.resolve();
    expect(under.most).toBe(3);
    for (const resume of waiting) resume();
    await Promise.all(batches);
    await world.run(seconds(60));

    expect(statuses(world)).toEqual({ delivered: 11 });
    expect(world.report.total('DeliveriesDeferred')).toBeGreaterThanOrEqual(7);
  });

  it('requests to one endpoint are two at most until it has answered one, because it may hang', async () => {
    const under = { way: 0, most: 0 };
    const world = await worldWith({});
    const ports = {
      ...world.deliverPorts,
      post: async () => {
        under.most = Math.max(under.most, ++under.way);
        for (let turn = 0; turn < 500; turn++) await Promise.resolve();
        under.way--;
        return timedOut;
      },
    };
    for (let id = 0; id < 5; id++) await world.publish(event(`e${id}`));

    await world.deliverOnce(ports);

    expect(under.most).toBe(2);
  });

  it('requests to one endpoint get the slots of a dead worker when they run out', async () => {
    const world = await worldWith({ maxConcurrent: 1 });
    await world.publish(event('a'));
    await world.dieInRequest();
    await world.publish(event('b'));

    await world.run(seconds(5));
    expect(world.requests).toEqual([]);
    await world.run(seconds(600));

    expect(statuses(world)).toEqual({ delivered: 2 });
  });
});

describe('the breaker of an endpoint', () => {
  it('the breaker of an endpoint opens after failures in a row, and then only lets single probes go', async () => {
    const world = await worldWith({}, () => timedOut);
    for (let id = 0; id < 30; id++) await world.publish(event(`e${id}`));

    await world.run(seconds(900));

    expect(world.report.total('BreakersOpened')).toBeGreaterThanOrEqual(4);
    // Those that were under way when it opened, then one for each pause of 30, 60, 120, 240, 480 s.
    expect(world.requests.length).toBeLessThanOrEqual(12);
    expect(statuses(world)).toEqual({ pending: 30 });
    expect(world.deliveryQueue.contents()).toHaveLength(30);
  });

  it('the breaker of an endpoint closes with the first success, and then everything goes', async () => {
    const world = await worldWith({}, (_request, count) => (count <= 8 ? refused(503) : accepted));
    for (let id = 0; id < 30; id++) await world.publish(event(`e${id}`));

    await world.run(seconds(3_600));

    expect(statuses(world)).toEqual({ delivered: 30 });
    const limiterKey = world.limiter.limiter.get(endpointHashOf('acme', 'ep_1'));
    expect(limiterKey).toMatchObject({ failures: 0, probes: 0 });
    expect(limiterKey?.openUntil).toBeUndefined();
  });

  it('the breaker of an endpoint uses up no attempts, and waiting deliveries do not pass their deadline', {
    timeout: 120_000,
  }, async () => {
    const disabledLate = { ...outboundSettings, disableAfter: days(30) };
    const world = await worldWith({}, () => timedOut, disabledLate);
    for (let id = 0; id < 60; id++) await world.publish(event(`e${id}`));
    // Longer than the schedule can last: a deadline that stood still would be over.
    await world.run(days(2));

    world.deliverPorts.post = async () => accepted;
    await world.run(days(1));

    const ended = [...world.table.deliveries.values()];
    const failed = ended.filter(({ status }) => status === 'failed');
    for (const { attempts } of failed) expect(attempts).toBe(6);
    expect(ended.filter(({ status }) => status === 'delivered').length).toBe(60 - failed.length);
    expect(ended.filter(({ status }) => status === 'delivered').length).toBeGreaterThan(10);
  });

  it('the breaker of an endpoint does not open while the endpoint answers 4xx', async () => {
    const world = await worldWith({}, () => refused(404));
    for (let id = 0; id < 30; id++) await world.publish(event(`e${id}`));

    await world.run(seconds(120));

    expect(world.report.total('BreakersOpened')).toBe(0);
    expect(statuses(world)).toEqual({ failed: 30 });
  });

  it('the breaker of one endpoint delays no other endpoint', async () => {
    const world = await worldWith({}, ({ url: to }) => (to === url ? timedOut : accepted));
    await world.endpoints.create(newEndpoint(start, { id: 'ep_2', url: 'https://good.example/' }));
    for (let id = 0; id < 20; id++) await world.publish(event(`e${id}`));

    await world.run(seconds(20));

    const good = [...world.table.deliveries.values()].filter(({ endpointId }) => endpointId === 'ep_2');
    expect(good.map(({ status }) => status)).toEqual(Array(20).fill('delivered'));
  });
});

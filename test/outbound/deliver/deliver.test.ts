import { describe, expect, it } from 'vitest';
import { later, seconds } from '../../../lambdas/domain/time.ts';
import { accepted, outboundSettings, refused, start } from '../../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const publishTo = (url: string, id = 'inv-42') => ({
  id,
  type: 'invoice.paid',
  data: {},
  endpoint: { id: url, url },
});
const message = publishTo('https://acme.example/hooks');
const gaps = (times: readonly number[]) =>
  times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / 1000);

describe('λ deliver', () => {
  it('λ deliver records a first success, and lets delivery and event expire after it', async () => {
    const world = outboundWorld();

    await world.publish(message);
    await world.deliverOnce();

    expect(world.delivery()).toMatchObject({
      status: 'delivered',
      attempts: 1,
      attemptLog: [{ n: 1, at: start, ms: 0, status: 200 }],
      expiresAt: start / 1000 + 30 * 86_400,
    });
    expect(world.delivery().dueAt).toBeUndefined();
    expect(world.delivery().leaseUntil).toBeUndefined();
    expect(world.events.events.get('#inv-42')?.expiresAt).toBeGreaterThan(
      world.delivery().expiresAt ?? Number.POSITIVE_INFINITY,
    );
    expect(world.deliveryQueue.contents()).toEqual([]);
  });

  it('λ deliver sends both header families, and only the id from the publisher', async () => {
    const world = outboundWorld();

    await world.publish(message);
    await world.deliverOnce();

    expect(Object.keys(world.requests[0]?.headers ?? {}).sort()).toEqual([
      'Accept',
      'Content-Type',
      'User-Agent',
      'X-Webhook-ID',
      'X-Webhook-Signature',
      'X-Webhook-Timestamp',
      'webhook-id',
      'webhook-signature',
      'webhook-timestamp',
    ]);
  });

  it('λ deliver signs each attempt again, with the same id', async () => {
    const world = outboundWorld((_request, count) => (count < 3 ? refused(503) : accepted));

    await world.publish(message);
    await world.run(seconds(60));

    const headers = world.requests.map((request) => request.headers);
    expect(headers.map((header) => header['webhook-id'])).toEqual(['inv-42', 'inv-42', 'inv-42']);
    expect(new Set(headers.map((header) => header['webhook-signature'])).size).toBe(3);
    expect(headers.map((header) => Number(header['webhook-timestamp']))).toEqual(
      world.requests.map(({ at }) => at / 1000),
    );
  });

  it('λ deliver follows the schedule: 503, 503, 200', async () => {
    const world = outboundWorld((_request, count) => (count < 3 ? refused(503) : accepted));

    await world.publish(message);
    await world.run(seconds(60));

    expect(world.delivery()).toMatchObject({
      status: 'delivered',
      attempts: 3,
      attemptLog: [{ status: 503 }, { status: 503 }, { status: 200 }],
    });
    expect(gaps(world.requests.map(({ at }) => at))).toEqual([1, 5]);
  });

  it('λ deliver waits as long as Retry-After asks', async () => {
    const world = outboundWorld((_request, count) => (count === 1 ? refused(429, seconds(17)) : accepted));

    await world.publish(message);
    await world.run(seconds(60));

    expect(gaps(world.requests.map(({ at }) => at))).toEqual([17]);
  });

  it('λ deliver gives up after the schedule, with the reason on the record and the DLQ', async () => {
    const world = outboundWorld(() => refused(500));

    await world.publish(message);
    await world.run(seconds(3600));

    const lastError = 'exhausted after 6 attempts, the last answered 500';
    expect(world.delivery()).toMatchObject({ status: 'failed', attempts: 6, lastError });
    expect(world.delivery().dueAt).toBeUndefined();
    expect(world.undelivered.map((text) => JSON.parse(text))).toMatchObject([
      { v: 1, kind: 'delivery', id: world.delivery().id, reason: lastError, attempts: 6 },
    ]);
    expect(world.report.named('delivery.dead')).toHaveLength(1);
    expect(world.events.events.get('#inv-42')?.expiresAt).toBeGreaterThan(
      world.delivery().expiresAt ?? Number.POSITIVE_INFINITY,
    );
  });

  it.each([404, 410, 302, 400])(
    'λ deliver fails a delivery after one attempt that is answered %d',
    async (status) => {
      const outcome = status === 410 ? ({ kind: 'gone', status } as const) : refused(status);
      const world = outboundWorld(() => outcome);

      await world.publish(message);
      await world.deliverOnce();
      expect(world.undelivered).toHaveLength(1);
      await world.run(seconds(3600));

      expect(world.delivery()).toMatchObject({
        status: 'failed',
        attempts: 1,
        lastError: `answered ${status}`,
      });
      expect(world.undelivered).toHaveLength(1);
    },
  );

  it('λ deliver leaves a delay of an hour to the due index, with no message in any queue meanwhile', async () => {
    const settings = { ...outboundSettings, retryDelays: [seconds(3600)] };
    const world = outboundWorld((_request, count) => (count === 1 ? refused(503) : accepted), settings);

    await world.publish(message);
    await world.deliverOnce();
    await world.run(seconds(3200));
    expect(world.deliveryQueue.contents()).toEqual([]);
    await world.run(seconds(600));

    expect(world.delivery().status).toBe('delivered');
    expect(gaps(world.requests.map(({ at }) => at))).toEqual([3600]);
  });

  it('λ deliver sends no task for an attempt that is due later than SQS allows, and the sweep does', async () => {
    const world = outboundWorld();
    await world.publish(message);
    const delivery = world.delivery();
    const nextAttemptAt = later(world.now(), seconds(3_600));
    world.table.deliveries.set(delivery.id, { ...delivery, nextAttemptAt });

    await world.deliverOnce();

    expect(world.requests).toEqual([]);
    expect(world.deliveryQueue.contents()).toEqual([]);
  });

  it('λ deliver reads an endpoint with its limiter once for a batch', async () => {
    const { world } = await worldWithOneEndpoint(() => accepted);
    for (const id of ['a', 'b']) await world.publish({ id, type: 'x', data: {}, tenant: 'acme' });
    const { endpoints } = world.deliverPorts;
    const reads: string[] = [];

    await world.deliverOnce({
      ...world.deliverPorts,
      endpoints: {
        ...endpoints,
        readWithLimiter: (tenant, id) => {
          reads.push(id);
          return endpoints.readWithLimiter(tenant, id);
        },
      },
    });

    expect(world.requests).toHaveLength(2);
    expect(reads).toEqual(['ep_1']);
  });

  it('λ deliver leaves it to Lambda to delete the messages of a batch that is done', async () => {
    const world = outboundWorld();
    await world.publish(publishTo('https://one.example/', 'a'), publishTo('https://two.example/', 'b'));
    const deleted: string[] = [];
    const deleteMessage = async (receiptHandle: string) => void deleted.push(receiptHandle);

    await world.deliverOnce({ ...world.deliverPorts, deleteMessage });

    expect(deleted).toEqual([]);
    expect(world.deliveryQueue.contents()).toEqual([]);
  });

  it('λ deliver records each attempt of a batch at once, even if another one hangs', async () => {
    const hang = Promise.withResolvers<typeof accepted>();
    const world = outboundWorld(({ url }) => (url.includes('slow') ? hang.promise : accepted));
    await world.publish(publishTo('https://slow.example/', 'a'), publishTo('https://fast.example/', 'b'));

    const batch = world.deliverOnce();
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();

    expect([...world.table.deliveries.values()].map(({ status }) => status)).toEqual([
      'pending',
      'delivered',
    ]);
    hang.resolve(accepted);
    await batch;
    expect(world.deliveryQueue.contents()).toEqual([]);
  });
});

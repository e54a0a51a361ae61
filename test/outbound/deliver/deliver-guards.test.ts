import { describe, expect, it } from 'vitest';
import { seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { accepted, outboundSettings, refused, start } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const publishTo = (url: string, id = 'inv-42') => ({
  id,
  type: 'invoice.paid',
  data: {},
  endpoint: { id: url, url },
});
const message = publishTo('https://acme.example/hooks');

describe('λ deliver', () => {
  it('λ deliver tries a delivery that no worker reached before its deadline', async () => {
    const world = outboundWorld();

    await world.publish(message);
    world.advance(seconds(world.delivery().lifetime / 1000));
    await world.deliverOnce();

    expect(world.requests).toHaveLength(1);
    expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 1 });
    expect(world.deadLetters).toEqual([]);
  });

  it('λ deliver keeps the first and the last twenty entries of a long log', async () => {
    const retryDelays = Array.from({ length: 50 }, () => seconds(1));
    const settings = { ...outboundSettings, retryDelays, breakAfter: 100 };
    const world = outboundWorld(() => refused(500), settings);

    await world.publish(message);
    await world.run(seconds(600));

    const numbers = world.delivery().attemptLog.map(({ n }) => n);
    expect(world.delivery().attempts).toBe(51);
    expect(numbers).toEqual(
      [...Array(20).keys()].map((n) => n + 1).concat([...Array(20).keys()].map((n) => n + 32)),
    );
  });

  it('λ deliver logs one wide line for each attempt, without the URL, and of a success without what is usual', async () => {
    const world = outboundWorld(() => accepted, { ...outboundSettings, endpointMetrics: true });

    const endpoint = { id: 'acme', url: 'https://acme.example/?token=hush' };
    await world.publish({ ...message, endpoint });
    await world.deliverOnce();

    expect(world.report.named('delivery.attempted')).toEqual([
      {
        eventId: 'inv-42',
        tenant: '',
        endpointId: 'acme',
        durationMs: 0,
        ageMs: 0,
        outcome: 'answered 200',
        next: 'delivered',
      },
    ]);
    expect(JSON.stringify(world.report.lines)).not.toContain('hush');
    expect(world.report.counts.filter(({ name }) => name === 'WebhookDeliveryAttempts')).toEqual([
      { name: 'WebhookDeliveryAttempts', dimensions: { status: '2xx' }, value: 1 },
      {
        name: 'WebhookDeliveryAttempts',
        dimensions: { endpoint: 'acme', status: '2xx' },
        value: 1,
      },
    ]);
  });

  it('λ deliver starts no request that could outlast the function’s time', async () => {
    const world = outboundWorld();
    await world.publish(message);

    await world.deliverOnce(world.deliverPorts, 5, () => false);
    expect(world.requests).toEqual([]);
    expect(world.delivery().claims).toBe(0);
    await world.run(seconds(2));

    expect(world.delivery().status).toBe('delivered');
  });

  it('λ deliver starts no request that could outlast the function’s time, which passed during the claim', async () => {
    const world = outboundWorld();
    await world.publish(message);
    let looks = 0;

    await world.deliverOnce(world.deliverPorts, 5, () => looks++ === 0);
    expect(world.requests).toEqual([]);
    await world.run(seconds(120));

    expect(world.delivery().status).toBe('delivered');
  });

  it('λ deliver starts no request that could outlast its lease', async () => {
    const world = outboundWorld();
    await world.publish(message);
    const slowClaim: typeof world.table.claim = async (...args) => {
      const write = await world.table.claim(...args);
      world.advance(seconds(50));
      return write;
    };

    await world.deliverOnce({ ...world.deliverPorts, deliveries: { ...world.table, claim: slowClaim } });
    expect(world.requests).toEqual([]);
    await world.run(seconds(60));

    expect(world.delivery().status).toBe('delivered');
  });

  it('λ deliver fails a delivery whose payload is gone', async () => {
    const world = outboundWorld();
    await world.publish(message);
    world.deliveryQueue.purge();
    world.events.events.clear();

    await world.run(seconds(400));

    expect(world.delivery()).toMatchObject({
      status: 'failed',
      lastError: 'its payload is past its retention',
    });
  });

  it('λ deliver sends nothing in place of an altered payload, and says so in the DLQ', async () => {
    const world = outboundWorld();
    await world.publish({ ...message, data: { text: 'x'.repeat(33_000) } });
    for (const key of world.payloads.keys()) world.payloads.set(key, Buffer.from('{"forged":true}'));

    await world.run(seconds(400));

    expect(world.requests).toEqual([]);
    expect(world.delivery()).toMatchObject({
      status: 'failed',
      lastError: expect.stringContaining('its body in the bucket is not the one that was stored'),
    });
    expect(world.deadLetters).toHaveLength(1);
  });

  it('λ deliver sends a message that is not a task to the DLQ', async () => {
    const world = outboundWorld();
    await world.deliveryQueue.send({ body: '{"v":1,"deliveryId":"x","attempt":0}' });

    await world.deliverOnce();

    expect(world.deadLetters.map((text) => JSON.parse(text))).toMatchObject([
      {
        kind: 'delivery',
        reason: expect.stringContaining('attempt'),
        message: '{"v":1,"deliveryId":"x","attempt":0}',
      },
    ]);
    expect(world.deliveryQueue.contents()).toEqual([]);
  });

  it('λ deliver acknowledges a task without a delivery, and logs it', async () => {
    const world = outboundWorld();
    await world.deliveryQueue.send({
      body: '{"v":1,"deliveryId":"x","attempt":1,"tenant":"acme","endpointId":"ep_1"}',
    });

    await world.deliverOnce();

    expect(world.report.named('delivery.missing')).toHaveLength(1);
    expect(world.report.total('DeliveriesMissing')).toBe(1);
    expect(world.deliveryQueue.contents()).toEqual([]);
  });

  it('λ deliver sends a task that comes more than a minute early again, with the remaining delay', async () => {
    const world = outboundWorld((_request, count) => (count === 1 ? refused(503, seconds(300)) : accepted));
    await world.publish(message);
    await world.deliverOnce();
    world.deliveryQueue.purge();
    await world.deliveryQueue.send({
      body: JSON.stringify({
        v: 1,
        deliveryId: world.delivery().id,
        attempt: 2,
        tenant: '',
        endpointId: 'acme',
        isDirect: true,
      }),
    });

    await world.deliverOnce();

    expect(world.requests).toHaveLength(1);
    expect(world.deliveryQueue.nextVisibleAt()).toBe(unixMillis(start + 300_000));
  });
});

import { describe, expect, it } from 'vitest';
import { seconds } from '../../../lambdas/domain/time.ts';
import { start } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const endpoint = { id: 'acme-prod', url: 'https://acme.example/hooks' };
const message = { id: 'inv-42', type: 'invoice.paid', data: { amount: 1200 }, endpoint };

/** As SNS puts a message onto the queue with raw delivery off. */
const envelope = (text: string) => ({
  Type: 'Notification',
  MessageId: '7c1a3f0e-0000-4000-8000-000000000001',
  TopicArn: 'arn:aws:sns:us-east-1:000000000000:Topic',
  Message: text,
  Timestamp: '2026-11-23T12:00:00.000Z',
});

describe('λ publish', () => {
  it('λ publish records the event and its delivery, then sends the task', async () => {
    const world = outboundWorld();

    await world.publish(message);

    expect(world.events.events.get('#inv-42')).toMatchObject({
      eventType: 'invoice.paid',
      payload: {
        text: '{"id":"inv-42","type":"invoice.paid","created_at":"2026-11-23T12:00:00.000Z","data":{"amount":1200}}',
      },
    });
    expect(world.delivery()).toMatchObject({
      status: 'pending',
      endpointId: 'acme-prod',
      attempts: 0,
    });
    expect(world.delivery().dueAt).toBeUndefined();
    expect([...world.manifests.manifests.values()]).toMatchObject([
      { deliveries: [world.delivery().id], madeAt: start, lookAt: start + 300_000 },
    ]);
    expect(world.deliveryQueue.contents()).toHaveLength(1);
  });

  it('λ publish uses the SNS message id if the publisher gives none, and the SQS message id without SNS', async () => {
    const world = outboundWorld();
    const { id: _, ...withoutId } = message;

    await world.publish(envelope(JSON.stringify(withoutId)), withoutId);

    expect([...world.events.events.keys()]).toEqual(['#7c1a3f0e-0000-4000-8000-000000000001', '#m2']);
  });

  it('λ publish makes one event of a message published twice, and of one redelivered by SNS', async () => {
    const world = outboundWorld();

    await world.publish(message, message);
    await world.publish(message);
    await world.run(seconds(60));

    expect(world.events.events.size).toBe(1);
    expect(world.requests).toHaveLength(1);
  });

  it('λ publish keeps equal ids of different tenants apart', async () => {
    const world = outboundWorld();

    await world.publish({ ...message, tenant: 'a' }, { ...message, tenant: 'b' });

    expect([...world.events.events.keys()]).toEqual(['a#inv-42', 'b#inv-42']);
    expect(world.table.deliveries.size).toBe(2);
  });

  it('λ publish lets the first body win, and logs a different one', async () => {
    const world = outboundWorld();

    await world.publish(message);
    world.advance(seconds(1));
    await world.publish({ ...message, data: { amount: 1 } });
    await world.run(seconds(60));

    expect(world.requests.map(({ body }) => JSON.parse(body).data)).toEqual([{ amount: 1200 }]);
    expect(world.report.named('publish.conflict')).toMatchObject([{ eventId: 'inv-42' }]);
    expect(world.report.counts).toContainEqual({
      name: 'EventsPublished',
      dimensions: { status: 'conflict' },
      value: 1,
    });
  });

  it('λ publish does not treat the same body with other white space as a conflict', async () => {
    const world = outboundWorld();

    await world.publish(message);
    await world.publishQueue.send({ body: JSON.stringify(message, undefined, 2) });
    await world.workOffPublishQueue();

    expect(world.report.named('publish.conflict')).toEqual([]);
  });

  it('λ publish delivers an existing event to another endpoint, with the first body', async () => {
    const world = outboundWorld();

    await world.publish(message);
    await world.run(seconds(60));
    await world.publish({ ...message, endpoint: { id: 'other', url: 'https://other.example/' } });
    await world.run(seconds(60));

    expect(world.requests.map(({ url }) => url)).toEqual([endpoint.url, 'https://other.example/']);
    expect(new Set(world.requests.map(({ body }) => body)).size).toBe(1);
  });

  it('λ publish logs a delivery that is requested again with another URL', async () => {
    const world = outboundWorld();

    await world.publish(message);
    await world.publish({ ...message, endpoint: { ...endpoint, url: 'https://elsewhere.example/' } });

    expect(world.delivery().url).toBe(endpoint.url);
    expect(world.report.named('publish.conflict')).toHaveLength(1);
  });

  it('λ publish keeps a payload that takes over 8 KB compressed in the bucket and sends it from there', async () => {
    const world = outboundWorld();
    const random = Buffer.from(crypto.getRandomValues(new Uint8Array(9_000)));
    const text = `😀\ufffe${random.toString('base64url')}`;

    await world.publish({ ...message, data: { text } });
    await world.run(seconds(60));

    expect([...world.payloads.keys()]).toEqual([
      expect.stringMatching(/^outbound\/[0-9a-f]{64}\/[0-9a-f]{64}$/),
    ]);
    expect(world.requests.map(({ body }) => JSON.parse(body).data)).toEqual([{ text }]);
  });

  it('λ publish keeps a longer payload that compresses to 8 KB in its item, and sends it again from there', async () => {
    const world = outboundWorld();
    const text = '😀\ufffe'.repeat(4_000);
    const to = (id: string) => ({ ...message, data: { text }, endpoint: { ...endpoint, id } });

    await world.publish(to('ep_1'));
    await world.publish(to('ep_2'));
    await world.run(seconds(60));

    expect(world.payloads.size).toBe(0);
    const bodies = world.requests.map(({ body }) => body);
    expect(JSON.parse(bodies[0] ?? '').data).toEqual({ text });
    expect(bodies).toEqual([bodies[0], bodies[0]]);
  });

  it('λ publish sends numbers as they were published, the same bytes on every attempt', async () => {
    const world = outboundWorld((_request, count) =>
      count < 3 ? { kind: 'refused', status: 503 } : { kind: 'accepted', status: 200 },
    );
    const data = '{"big":12345678901234567890,"float":1.0,"small":1e-7,"zero":-0,"text":"1.0"}';

    await world.publishQueue.send({
      body: JSON.stringify({ ...message, data: 'DATA' }).replace('"DATA"', data),
    });
    await world.workOffPublishQueue();
    await world.run(seconds(60));

    const body = `{"id":"inv-42","type":"invoice.paid","created_at":"2026-11-23T12:00:00.000Z","data":${data}}`;
    expect(world.requests.map((request) => request.body)).toEqual([body, body, body]);
  });

  it('sends the same bytes on every attempt of a large payload, though its id is published again', async () => {
    const world = outboundWorld((_request, count) =>
      count === 1 ? { kind: 'refused', status: 503 } : { kind: 'accepted', status: 200 },
    );
    const large = { ...message, data: { text: 'x'.repeat(33_000) } };

    await world.publish(large);
    await world.deliverOnce();
    world.advance(seconds(1));
    await world.publish(large, { ...large, data: { text: 'y'.repeat(33_000) } });
    await world.run(seconds(60));

    expect(world.delivery().status).toBe('delivered');
    expect(world.requests).toHaveLength(2);
    expect(world.requests[1]?.body).toBe(world.requests[0]?.body);
  });
});

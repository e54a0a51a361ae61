import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { memoryReceiver, requestOf } from '../support/worlds/inbound-receiver.ts';

const now = 1_795_000_000;
const hmac = { signatureHeader: 'x-signature', algorithm: 'sha256', encoding: 'hex', prefix: '' } as const;
const plain = { provider: 'hmac', hmac };

const version = (value: string) => ({ value, createdAt: unixMillis((now - 60) * 1000) });
const signed = (body: string | Uint8Array, key = 'secret', ip?: string) =>
  requestOf(body, { 'x-signature': createHmac('sha256', key).update(body).digest('hex') }, ip);

describe('receive', () => {
  it('a body over the limit is refused before anything else', async () => {
    const receiver = memoryReceiver({ ...plain, maxBodyBytes: 10, allowedCidrs: ['10.0.0.0/8'] }, {});

    expect(await receiver.receive(requestOf('x'.repeat(11)), now)).toMatchObject({
      status: 413,
      error: 'payload_too_large',
    });
    expect(receiver.state.reads).toBe(0);
  });

  it('a body of exactly the limit is accepted', async () => {
    const receiver = memoryReceiver({ ...plain, maxBodyBytes: 10 }, { current: version('secret') });

    expect(await receiver.receive(signed('x'.repeat(10)), now)).toMatchObject({ kind: 'accepted' });
  });

  it('an address outside the ranges is refused before the signature is checked', async () => {
    const receiver = memoryReceiver({ ...plain, allowedCidrs: ['192.30.252.0/22', '2a0a:a440::/29'] }, {});

    expect(await receiver.receive(signed('{}', 'secret', '192.31.0.1'), now)).toMatchObject({
      status: 403,
      error: 'forbidden_address',
    });
    expect(receiver.state.reads).toBe(0);
  });

  it('a request reads no certificates, which takes longer than all else, unless its provider signs with one', async () => {
    const servers = {
      get roots(): readonly string[] {
        throw new Error('the certificates were read');
      },
    };
    const receiver = memoryReceiver(plain, { current: version('secret') }, servers);

    expect(await receiver.receive(signed('{}'), now)).toMatchObject({ kind: 'accepted' });
  });

  it('a request that does not verify is refused, and nothing of it is enqueued or kept', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret') });
    const large = 'x'.repeat(2_000_000);

    for (const forged of [signed('{}', 'another'), signed(large, 'another'), requestOf('{}')])
      expect(await receiver.receive(forged, now)).toMatchObject({ status: 401, error: 'invalid_signature' });
    expect(receiver.sent).toEqual([]);
    expect(receiver.bodies.size).toBe(0);
  });

  it('the whole event goes to the queue, with attributes and without the signature', async () => {
    const receiver = memoryReceiver(
      { name: 'shop', provider: 'shopify' },
      { current: version('shpss_secret') },
    );
    const body = '{"id":1}';
    const headers = {
      'x-shopify-hmac-sha256': createHmac('sha256', 'shpss_secret').update(body).digest('base64'),
      'x-shopify-webhook-id': 'w-1',
      'x-shopify-topic': 'orders/create',
      'x-shopify-shop-domain': 'example.myshopify.com',
      'content-type': 'application/json',
      authorization: 'Bearer abc',
      cookie: 'a=b',
    };

    await receiver.receive(requestOf(body, headers), now);

    expect(receiver.sent.map(({ body: message }) => JSON.parse(message))).toEqual([
      {
        v: 1,
        source: 'shop',
        provider: 'shopify',
        id: 'w-1',
        type: 'orders/create',
        receivedAt: 1_795_000_000_000,
        correlationId: 'request-1',
        headers: {
          'content-type': 'application/json',
          'x-shopify-webhook-id': 'w-1',
          'x-shopify-topic': 'orders/create',
          'x-shopify-shop-domain': 'example.myshopify.com',
        },
        body: '{"id":1}',
      },
    ]);
    expect(receiver.sent[0]?.attributes).toEqual({
      source: 'shop',
      eventType: 'orders/create',
      shopDomain: 'example.myshopify.com',
    });
  });

  it('a body that is not UTF-8 goes to the queue as base64', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret') });

    await receiver.receive(signed(Buffer.from([0xff, 0xfe, 0x00])), now);

    expect(JSON.parse(receiver.sent[0]?.body ?? '')).toMatchObject({ bodyBase64: '//4A' });
  });

  it('a large body is stored under its hash before its message is sent', async () => {
    const receiver = memoryReceiver({ ...plain, name: 'partner' }, { current: version('secret') });
    const body = '😀'.repeat(70_000);

    await receiver.receive(signed(body), now);

    const key = `inbound/partner/${createHash('sha256').update(body).digest('hex')}`;
    expect(JSON.parse(receiver.sent[0]?.body ?? '')).toMatchObject({ bodyS3: key });
    expect(Buffer.from(receiver.bodies.get(key) ?? []).toString()).toBe(body);
  });

  it('enqueues nothing whose body the bucket did not take, and answers 503', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret') });
    receiver.state.bucketError = new Error('SlowDown');

    expect(await receiver.receive(signed('x'.repeat(300_000)), now)).toMatchObject({
      status: 503,
      error: 'unavailable',
    });
    expect(receiver.sent).toEqual([]);
  });

  it.each(['GET', 'HEAD', 'PUT'])(
    'takes no event from a signed %s, which providers send to test a URL',
    async (method) => {
      const receiver = memoryReceiver(plain, { current: version('secret') });

      expect(await receiver.receive({ ...signed('{"id":1}'), method }, now)).toMatchObject({
        status: 400,
        reason: `${method} without a handshake`,
      });
      expect(receiver.sent).toEqual([]);
    },
  );

  it('the response is 503 when the queue does not take the event', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret') });
    receiver.state.queueError = new Error('throttled');

    expect(await receiver.receive(signed('{}'), now)).toMatchObject({ status: 503, error: 'unavailable' });
  });

  it('a batch with more elements than can be enqueued in time is refused', async () => {
    const receiver = memoryReceiver(
      { provider: 'hmac', hmac: { ...hmac, batch: true } },
      { current: version('secret') },
    );

    expect(await receiver.receive(signed(JSON.stringify(Array(1001).fill(1))), now)).toMatchObject({
      status: 400,
      reason: 'too-many-events',
    });
    expect(await receiver.receive(signed('[]'), now)).toMatchObject({ kind: 'accepted', events: [] });
  });
});

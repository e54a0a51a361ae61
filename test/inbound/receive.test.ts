import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { memoryReceiver, requestOf } from '../fakes/inbound-receiver.ts';

const now = 1_795_000_000;
const hmac = { signatureHeader: 'x-signature', algorithm: 'sha256', encoding: 'hex', prefix: '' } as const;
const plain = { provider: 'hmac', hmac };
const day = 86_400;

const version = (value: string, createdAt = now - 60) => ({ value, createdAt: unixMillis(createdAt * 1000) });
const signed = (body: string | Uint8Array, key = 'secret', ip?: string) =>
  requestOf(body, { 'x-signature': createHmac('sha256', key).update(body).digest('hex') }, ip);

describe('receive', () => {
  it('refuses a body over the limit before anything else', async () => {
    const receiver = memoryReceiver({ ...plain, maxBodyBytes: 10, allowedCidrs: ['10.0.0.0/8'] }, {});

    expect(await receiver.receive(requestOf('x'.repeat(11)), now)).toMatchObject({
      status: 413,
      error: 'payload_too_large',
    });
    expect(receiver.state.reads).toBe(0);
  });

  it('takes a body of exactly the limit', async () => {
    const receiver = memoryReceiver({ ...plain, maxBodyBytes: 10 }, { current: version('secret') });

    expect(await receiver.receive(signed('x'.repeat(10)), now)).toMatchObject({ kind: 'accepted' });
  });

  it('refuses an address outside the ranges before it looks at the signature', async () => {
    const receiver = memoryReceiver({ ...plain, allowedCidrs: ['192.30.252.0/22', '2a0a:a440::/29'] }, {});

    expect(await receiver.receive(signed('{}', 'secret', '192.31.0.1'), now)).toMatchObject({
      status: 403,
      error: 'forbidden_address',
    });
    expect(receiver.state.reads).toBe(0);
  });

  it('puts the whole event on the queue, with attributes and without the signature', async () => {
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

  it('sends bytes that are not UTF-8 as base64', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret') });

    await receiver.receive(signed(Buffer.from([0xff, 0xfe, 0x00])), now);

    expect(JSON.parse(receiver.sent[0]?.body ?? '')).toMatchObject({ bodyBase64: '//4A' });
  });

  it('stores a large body under its hash before it sends the message', async () => {
    const receiver = memoryReceiver({ ...plain, name: 'partner' }, { current: version('secret') });
    const body = '😀'.repeat(70_000);

    await receiver.receive(signed(body), now);

    const key = `inbound/partner/${createHash('sha256').update(body).digest('hex')}`;
    expect(JSON.parse(receiver.sent[0]?.body ?? '')).toMatchObject({ bodyS3: key });
    expect(Buffer.from(receiver.bodies.get(key) ?? []).toString()).toBe(body);
  });

  it('answers 503 when the queue does not take the event', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret') });
    receiver.state.queueError = new Error('throttled');

    expect(await receiver.receive(signed('{}'), now)).toMatchObject({ status: 503, error: 'unavailable' });
  });

  it('refuses a batch with more elements than can be enqueued in time', async () => {
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

describe('receive, and the source’s secret', () => {
  it('answers 503 while there is none, and finds the first one at once', async () => {
    const receiver = memoryReceiver({ ...plain, name: 'partner' }, {});

    expect(await receiver.receive(signed('{}'), now)).toMatchObject({
      status: 503,
      error: 'secret_not_set',
      reason: 'set it with: hookline secrets set partner',
    });
    receiver.state.secret = { current: version('secret', now) };
    expect(await receiver.receive(signed('{}'), now)).toMatchObject({ kind: 'accepted' });
  });

  it('answers 503 when it cannot be read', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret') });
    receiver.state.secretError = new Error('throttled');

    expect(await receiver.receive(signed('{}'), now)).toMatchObject({ status: 503, error: 'unavailable' });
  });

  it('takes a rotated key as soon as the last read is two seconds ago', async () => {
    const receiver = memoryReceiver(plain, { current: version('old', now - 40 * day) });
    await receiver.receive(signed('{}', 'old'), now);
    receiver.state.secret = { current: version('new', now), previous: version('old', now - 40 * day) };

    expect(await receiver.receive(signed('{}', 'new'), now + 1)).toMatchObject({ status: 401 });
    expect(await receiver.receive(signed('{}', 'new'), now + 2)).toMatchObject({ kind: 'accepted' });
    expect(await receiver.receive(signed('{}', 'old'), now + 2)).toMatchObject({ kind: 'accepted' });
  });

  it('takes the previous key until the overlap ends, then no more', async () => {
    const receiver = memoryReceiver(
      { ...plain, rotationOverlap: seconds(day) },
      { current: version('new', now), previous: version('old', now - 40 * day) },
    );

    expect(await receiver.receive(signed('{}', 'old'), now + day - 1)).toMatchObject({ kind: 'accepted' });
    expect(await receiver.receive(signed('{}', 'old'), now + day)).toMatchObject({ status: 401 });
  });

  it('does not let a placeholder become a key through the previous stage', async () => {
    for (const placeholder of ['unset', 'UNSET', ' unset\n', '', ' ']) {
      const receiver = memoryReceiver(plain, { current: version('secret'), previous: version(placeholder) });

      expect(await receiver.receive(signed('{}', placeholder), now)).toMatchObject({ status: 401 });
    }
  });

  it('overlooks white space around a pasted secret', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret\n') });

    expect(await receiver.receive(signed('{}'), now)).toMatchObject({ kind: 'accepted' });
  });

  it('reads at most once in two seconds, however much forged traffic comes', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret', now - 2 * day) });

    for (let request = 0; request < 100; request++) {
      expect(await receiver.receive(signed('{}', 'forged'), now)).toMatchObject({ status: 401 });
    }

    expect(receiver.state.reads).toBe(1);
  });

  it('keeps what it read for five minutes', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret', now - 2 * day) });

    await receiver.receive(signed('{}'), now);
    await receiver.receive(signed('{}'), now + 299);
    expect(receiver.state.reads).toBe(1);
    await receiver.receive(signed('{}'), now + 300);
    expect(receiver.state.reads).toBe(2);
  });

  it('answers 503, not 401, when a signature does not verify and the secret cannot be read again', async () => {
    const receiver = memoryReceiver(plain, { current: version('old', now - 2 * day) });
    await receiver.receive(signed('{}', 'old'), now);
    receiver.state.secretError = new Error('throttled');

    expect(await receiver.receive(signed('{}', 'new'), now + 10)).toMatchObject({ status: 503 });
    expect(await receiver.receive(signed('{}', 'old'), now + 10)).toMatchObject({ kind: 'accepted' });
  });

  it('lets a list of keys decide alone', async () => {
    const receiver = memoryReceiver(plain, {
      current: version('{"keys":[{"key":"new"}]}', now),
      previous: version('old', now - 40 * day),
    });

    expect(await receiver.receive(signed('{}', 'new'), now)).toMatchObject({ kind: 'accepted' });
    expect(await receiver.receive(signed('{}', 'old'), now)).toMatchObject({ status: 401 });
  });
});

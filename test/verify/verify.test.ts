import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InvalidSecretError, toResponse, verify, verifyRequest } from '../../entry/verify.ts';

const secret = 'whsec_0123456789abcdef0123456789abcdef';
const body = '{"id":"evt_1","type":"invoice.paid","data":{"amount":12}}';
const at = new Date('2026-11-29T10:00:00.500Z');
const seconds = Math.floor(at.getTime() / 1000);
const mac = (text: string) => createHmac('sha256', secret).update(text).digest('hex');
const headers = { 'Stripe-Signature': `t=${seconds},v1=${mac(`${seconds}.${body}`)}` };
const signed = { secret, headers, body, now: at };

describe('a request that verifies', () => {
  it('has its events, the signed time and the response that the provider expects', async () => {
    const result = await verify('stripe', signed);

    expect(result).toMatchObject({
      kind: 'verified',
      events: [{ id: 'evt_1', type: 'invoice.paid', payload: { data: { amount: 12 } } }],
      signedAt: new Date('2026-11-29T10:00:00Z'),
      response: { status: 200, body: '{"status":"accepted","id":"evt_1"}' },
    });
  });

  it.each([
    ['bytes', Buffer.from(body)],
    ['an ArrayBuffer', new TextEncoder().encode(body).buffer],
  ])('may be given as %s', async (_name, bytes) => {
    expect(await verify('stripe', { ...signed, body: bytes })).toMatchObject({ kind: 'verified' });
  });

  it.each([
    ['a Headers object', new Headers(headers)],
    ['a map', new Map(Object.entries(headers))],
    ['Node’s headers', { ...headers, 'set-cookie': ['a', 'b'], absent: undefined }],
  ])('may have its headers as %s', async (_name, given) => {
    expect(await verify('stripe', { ...signed, headers: given })).toMatchObject({ kind: 'verified' });
  });

  it('verifies with one of several secrets', async () => {
    const { secret: _, ...request } = signed;
    const secrets = ['whsec_another0123456789abcdef', secret];

    expect(await verify('stripe', { ...request, secrets })).toMatchObject({ kind: 'verified' });
  });

  it('has each event of a batch with its own bytes', async () => {
    const events = '[ {"type":"a"}, {"type":"b"} ]';
    const signature = createHmac('sha256', 'partner').update(events).digest('hex');

    const result = await verify('hmac', {
      secret: 'partner',
      headers: { 'x-signature': signature },
      body: events,
      hmac: { signatureHeader: 'X-Signature', algorithm: 'sha256', encoding: 'hex', prefix: '', batch: true },
    });

    const seen = result.kind === 'verified' ? result.events : [];
    expect(seen.map(({ type, body: bytes }) => [type, Buffer.from(bytes).toString()])).toEqual([
      ['a', '{"type":"a"}'],
      ['b', '{"type":"b"}'],
    ]);
  });
});

describe('a request that does not verify', () => {
  it.each([
    ['a changed byte', { body: body.replace('12', '13') }, 401, 'invalid_signature', 'mismatch'],
    ['an old signature', { now: at.getTime() + 301_000 }, 401, 'invalid_timestamp', 'too-old'],
    ['no signature', { headers: {} }, 401, 'invalid_signature', 'missing-header'],
    ['a body over the limit', { maxBodyBytes: 10 }, 413, 'payload_too_large', '57 bytes'],
  ])('is refused for %s', async (_name, change, status, error, reason) => {
    const result = await verify('stripe', { ...signed, ...change });

    expect(result).toMatchObject({ kind: 'refused', error, reason, response: { status } });
  });

  it('is refused for now while a key cannot be fetched', async () => {
    const json = {
      Type: 'Notification',
      Message: 'm',
      MessageId: '1',
      Timestamp: 't',
      SignatureVersion: '2',
    };
    const topic = 'arn:aws:sns:eu-central-1:111122223333:orders';
    const host = 'https://sns.eu-central-1.amazonaws.com';
    const SigningCertURL = `${host}/SimpleNotificationService-${'a'.repeat(32)}.pem`;

    const result = await verify('sns', {
      secret: topic,
      headers: {},
      body: JSON.stringify({ ...json, TopicArn: topic, SigningCertURL, Signature: 'AAAA' }),
      fetch: () => Promise.reject(new Error('no network')),
    });

    expect(result).toMatchObject({ kind: 'refused', error: 'unavailable', response: { status: 503 } });
    expect(result).toHaveProperty('cause.message', 'no network');
  });

  it('is refused when a one-time token comes with another body', async () => {
    const token = { timestamp: String(seconds), token: 'tok' };
    const signature = createHmac('sha256', 'mailgun-key').update(`${seconds}tok`).digest('hex');
    const event = (id: string) =>
      JSON.stringify({ signature: { ...token, signature }, 'event-data': { id, event: 'opened' } });
    const used = new Map<string, string>();
    const useOnce = async (name: string, fingerprint: string) => {
      if (!used.has(name)) used.set(name, fingerprint);
      return used.get(name) === fingerprint;
    };
    const check = (id: string) =>
      verify('mailgun', { secret: 'mailgun-key', headers: {}, body: event(id), now: at, useOnce });

    expect([await check('1'), await check('1'), await check('2')]).toMatchObject([
      { kind: 'verified', signedAt: new Date(seconds * 1000) },
      { kind: 'verified' },
      { kind: 'refused', reason: 'reused-token' },
    ]);
  });
});

describe('a test of the URL', () => {
  it('is answered', async () => {
    const result = await verify('dropbox', {
      secret: 'app-secret-0123',
      method: 'GET',
      url: 'https://shop.example/hooks?challenge=abc',
      headers: {},
      body: '',
    });

    expect(result).toMatchObject({ kind: 'challenge', response: { status: 200, body: 'abc' } });
  });

  it('hands out the secret that the provider sends', async () => {
    const sent = 'c'.repeat(64);

    const result = await verify('asana', { secrets: [], headers: { 'x-hook-secret': sent }, body: '' });

    expect(result).toMatchObject({
      kind: 'challenge',
      secret: sent,
      response: { status: 200, headers: { 'x-hook-secret': sent } },
    });
  });
});

describe('a mistake of the caller', () => {
  it('is a secret of another form, whose value the error does not repeat', async () => {
    const given = verify('discord', { ...signed, secret: 'not-a-public-key-1234' });

    await expect(given).rejects.toThrow(InvalidSecretError);
    await expect(given).rejects.toThrow(/^the secret of discord is not of its form; expected the public key/);
    await expect(given).rejects.not.toThrow(/1234/);
  });

  it('is no secret at all', async () => {
    await expect(verify('stripe', { ...signed, secret: undefined, secrets: [] })).rejects.toThrow(
      "no secret of stripe was given; expected the provider's shared secret",
    );
  });

  it('is a parsed body', async () => {
    const parsed = Object(JSON.parse(body));

    await expect(verify('stripe', { ...signed, body: parsed })).rejects.toThrow(/parsed body cannot be/);
  });

  it('is a missing URL of a provider that signs it', async () => {
    const given = { secret: 'auth-token-0123', headers: { 'x-twilio-signature': 'x' }, body: 'a=b' };

    await expect(verify('twilio', given)).rejects.toThrow(/^url is missing: twilio signs it/);
  });
});

describe('a fetch-style server', () => {
  const url = 'https://shop.example/hooks';

  it('verifies a Request and answers with a Response', async () => {
    const request = new Request(url, { method: 'POST', headers, body });

    const result = await verifyRequest('stripe', request, { secret, now: at });
    const response = toResponse(result);

    expect(result.kind).toBe('verified');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await response.json()).toEqual({ status: 'accepted', id: 'evt_1' });
  });

  it('stops reading a body that is over the limit', async () => {
    let chunks = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(Buffer.alloc(1024, ++chunks)),
    });
    const request = new Request(url, { method: 'POST', body: endless, duplex: 'half' });

    const result = await verifyRequest('stripe', request, { secret, maxBodyBytes: 10_000 });

    expect(result).toMatchObject({ kind: 'refused', response: { status: 413 } });
    expect(chunks).toBeLessThan(1000);
  });
});

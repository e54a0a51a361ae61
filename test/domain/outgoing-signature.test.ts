import { createHmac, createSecretKey } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { asEventId } from '../../lambdas/domain/ids.ts';
import { signatureHeaders } from '../../lambdas/domain/outgoing-signature.ts';
import { toUnixSeconds, unixMillis, unixSeconds } from '../../lambdas/domain/time.ts';

const current = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const previous = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const bytesOf = (secret: string) => Buffer.from(secret.replace('whsec_', ''), 'base64');
const keyOf = (secret: string) => ({ kind: 'v1', secretKey: createSecretKey(bytesOf(secret)) }) as const;
const body = Buffer.from('{"id":"inv-42","type":"invoice.paid","data":{"text":"😀\\u0000"}}');
const timestamp = toUnixSeconds(unixMillis(Date.now()));

describe('the signature of a delivery', () => {
  it.each([current, previous])(
    'the signature of a delivery is verified by both libraries with the key %s, while both keys sign',
    (secret) => {
      const headers = signatureHeaders([keyOf(current), keyOf(previous)], {
        eventId: asEventId('inv-42'),
        timestamp,
        body,
      });

      expect(new Webhook(secret).verify(body, { ...headers })).toMatchObject({ id: 'inv-42' });
      expect(() => new SvixWebhook(secret).verify(body, { ...headers })).not.toThrow();
    },
  );

  it('the signature of a delivery is refused by both libraries when a byte of the body differs', () => {
    const headers = signatureHeaders([keyOf(current)], { eventId: asEventId('inv-42'), timestamp, body });
    const other = Buffer.from(body).fill('x', 5, 6);

    expect(() => new Webhook(current).verify(other, { ...headers })).toThrow();
    expect(() => new SvixWebhook(current).verify(other, { ...headers })).toThrow();
  });

  it('the signature of a delivery is that of the specification’s example', () => {
    const headers = signatureHeaders([keyOf(current)], {
      eventId: asEventId('msg_p5jXN8AQM9LWM0D4loKWxJek'),
      timestamp: unixSeconds(1_614_265_330),
      body: Buffer.from('{"test": 2432232314}'),
    });

    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('the signature of a delivery in the other family covers time and body, with every key, in hex', () => {
    const headers = signatureHeaders([keyOf(current), keyOf(previous)], {
      eventId: asEventId('inv-42'),
      timestamp,
      body,
    });
    const signed = (secret: string) =>
      createHmac('sha256', bytesOf(secret)).update(`${timestamp}.`).update(body).digest('hex');

    expect(headers['X-Webhook-Signature']).toBe(
      `t=${timestamp},v1=${signed(current)},v1=${signed(previous)}`,
    );
    expect(headers['X-Webhook-Timestamp']).toBe(String(timestamp));
    expect(headers['X-Webhook-ID']).toBe('inv-42');
  });
});

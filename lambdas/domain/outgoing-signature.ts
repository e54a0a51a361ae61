import { createHmac } from 'node:crypto';
import type { UnixSeconds } from './time.ts';

/** What is signed. */
export interface Signable {
  readonly eventId: string;
  readonly timestamp: UnixSeconds;
  readonly body: Uint8Array;
}

/**
 * The headers that prove who sent a request: Standard Webhooks', and the `X-Webhook-*` family.
 *
 * @param keys decoded; the current one first, then those that a rotation has not ended yet
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */
export function signatureHeaders(
  keys: readonly Uint8Array[],
  { eventId, timestamp, body }: Signable,
): Readonly<Record<string, string>> {
  const standard = keys.map((key) => `v1,${hmac(key, `${eventId}.${timestamp}.`, body).toString('base64')}`);
  const plain = keys.map((key) => `v1=${hmac(key, `${timestamp}.`, body).toString('hex')}`);
  return {
    'webhook-id': eventId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': standard.join(' '),
    'X-Webhook-ID': eventId,
    'X-Webhook-Timestamp': String(timestamp),
    'X-Webhook-Signature': [`t=${timestamp}`, ...plain].join(','),
  };
}

const hmac = (key: Uint8Array, prefix: string, body: Uint8Array): Buffer =>
  createHmac('sha256', key).update(prefix).update(body).digest();

import { sign } from 'node:crypto';
import type { SigningKey } from './endpoint-secret.ts';
import type { EventId } from './ids.ts';
import { hmac } from './signature/hmac.ts';
import type { UnixSeconds } from './time.ts';

/** The signed parts of a request. */
export interface Signable {
  readonly eventId: EventId;
  readonly timestamp: UnixSeconds;
  readonly body: Uint8Array;
}

/**
 * Signs a request: returns the headers of Standard Webhooks and of the `X-Webhook-*` family.
 *
 * The `X-Webhook-*` family has signatures of shared keys only.
 *
 * @param keys the current key first, then earlier ones whose overlap has not ended
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */
export function signatureHeaders(
  keys: readonly SigningKey[],
  { eventId, timestamp, body }: Signable,
): Readonly<Record<string, string>> {
  const standard = keys.map((key) => standardSignature(key, Buffer.from(`${eventId}.${timestamp}.`), body));
  const plain = keys
    .filter((key) => key.kind === 'v1')
    .map(({ secretKey }) => `v1=${hmac('sha256', secretKey, `${timestamp}.`, body).toString('hex')}`);
  return {
    'webhook-id': eventId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': standard.join(' '),
    'X-Webhook-ID': eventId,
    'X-Webhook-Timestamp': String(timestamp),
    ...(plain.length > 0 && { 'X-Webhook-Signature': [`t=${timestamp}`, ...plain].join(',') }),
  };
}

const standardSignature = (key: SigningKey, prefix: Buffer, body: Uint8Array): string =>
  key.kind === 'v1'
    ? `v1,${hmac('sha256', key.secretKey, prefix, body).toString('base64')}`
    : `v1a,${sign(null, Buffer.concat([prefix, body]), key.privateKey).toString('base64')}`;

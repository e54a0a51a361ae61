import type { Provider } from '../provider.ts';
import { body, header, hmacSha256Base64 } from '../provider-dsl.ts';

/** @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const standardWebhooks: Provider = {
  secret: 'standard-webhooks',
  signature: {
    families: ['webhook-', 'svix-'],
    header: '*signature',
    format: { kind: 'list' },
    versions: { v1: hmacSha256Base64, v1a: { key: 'ed25519', encoding: 'base64' } },
    signed: '{id}.{timestamp}.{body}',
    idHeader: '*id',
    timestampHeader: '*timestamp',
  },
  body: 'json',
  id: header('*id'),
  type: body('type', 'eventType'),
  // Not every sender of the family names a type.
  typeWhenAbsent: 'unknown',
  attributes: {},
  forward: ['*id', '*timestamp'],
};

import type { Provider } from '../provider.ts';
import { body, fields, hash, hmacSha256Hex } from '../provider-dsl.ts';

/** @see https://developer.calendly.com/api-docs/ZG9jOjM2MzE2MDM4-webhook-signatures */
export const calendly: Provider = {
  secret: 'text',
  signature: {
    header: 'calendly-webhook-signature',
    format: fields(',', 't'),
    versions: { v1: hmacSha256Hex },
    signed: '{timestamp}.{body}',
  },
  tolerance: 180,
  body: 'json',
  id: hash,
  type: body('event'),
  attributes: {},
  forward: [],
};

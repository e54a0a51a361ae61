import type { Provider } from '../provider.ts';
import { body, fields, first, header, hmacSha256Hex } from '../provider-dsl.ts';

/** @see https://developer.pagerduty.com/docs/verifying-webhook-signatures */
export const pagerduty: Provider = {
  secret: 'text',
  signature: {
    header: 'x-pagerduty-signature',
    format: fields(','),
    // One signature for each active secret.
    versions: { v1: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  id: first(body('event.id'), header('x-webhook-id')),
  type: body('event.event_type'),
  attributes: {},
  forward: ['x-webhook-id', 'x-webhook-subscription'],
};

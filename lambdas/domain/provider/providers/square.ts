import type { Provider } from '../provider.ts';
import { body, hmacSha256Base64, single } from '../provider-dsl.ts';

/** @see https://developer.squareup.com/docs/webhooks/step3validate */
export const square: Provider = {
  secret: 'text',
  signature: {
    header: 'x-square-hmacsha256-signature',
    format: single(),
    versions: { only: hmacSha256Base64 },
    signed: '{url}{body}',
  },
  body: 'json',
  id: body('event_id'),
  type: body('type'),
  attributes: { merchant: body('merchant_id') },
  forward: ['square-environment', 'square-retry-number', 'square-retry-reason'],
};

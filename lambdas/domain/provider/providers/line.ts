import type { Provider } from '../provider.ts';
import { body, hmacSha256Base64, single } from '../provider-dsl.ts';

/** @see https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/ */
export const line: Provider = {
  secret: 'text',
  signature: {
    header: 'x-line-signature',
    format: single(),
    versions: { only: hmacSha256Base64 },
    signed: '{body}',
  },
  body: 'json',
  // The console's test sends an empty list.
  batch: 'events',
  id: body('webhookEventId'),
  type: body('type'),
  attributes: {},
  forward: [],
};

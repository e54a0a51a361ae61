import type { Provider } from '../provider.ts';
import { body, hmacSha256Hex, joined, single } from '../provider-dsl.ts';

/** @see https://developer.gocardless.com/api-reference/#webhooks-overview */
export const gocardless: Provider = {
  secret: 'text',
  signature: {
    header: 'webhook-signature',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  batch: 'events',
  id: body('id'),
  type: joined('.', body('resource_type'), body('action')),
  attributes: {},
  forward: [],
};

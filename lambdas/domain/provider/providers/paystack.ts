import type { Provider } from '../provider.ts';
import { body, hash, hmacSha512Hex, single } from '../provider-dsl.ts';

/** @see https://paystack.com/docs/payments/webhooks/#verify-event-origin */
export const paystack: Provider = {
  // The account's secret key, which also calls the API.
  secret: 'text',
  signature: {
    header: 'x-paystack-signature',
    format: single(),
    versions: { only: hmacSha512Hex },
    signed: '{body}',
  },
  body: 'json',
  // `data.id` belongs to the transaction or dispute, which may have several events of one type.
  id: hash,
  type: body('event'),
  attributes: {},
  forward: [],
};

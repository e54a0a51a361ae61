import type { Provider } from '../provider.ts';
import { body, hash, hmacSha512Hex, single } from '../provider-dsl.ts';

/** @see https://paystack.com/docs/payments/webhooks/#verify-event-origin */
export const paystack: Provider = {
  // The account's secret key, the one that calls the API.
  secret: 'text',
  signature: {
    header: 'x-paystack-signature',
    format: single(),
    versions: { only: hmacSha512Hex },
    signed: '{body}',
  },
  body: 'json',
  // `data.id` is the transaction's or the dispute's, of which there are several events of one name.
  id: hash,
  type: body('event'),
  attributes: {},
  forward: [],
};

import type { Provider } from '../provider.ts';
import { body, first, hash, header, hmacSha256Hex, single } from '../provider-dsl.ts';

/** @see https://razorpay.com/docs/webhooks/validate-test/ */
export const razorpay: Provider = {
  secret: 'text',
  signature: {
    header: 'x-razorpay-signature',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  // This header is not signed, as with GitHub.
  id: first(header('x-razorpay-event-id'), hash),
  type: body('event'),
  attributes: { account: body('account_id') },
  forward: ['x-razorpay-event-id'],
};

import type { Provider } from '../provider.ts';
import { body, fields, hmacSha256Hex } from '../provider-dsl.ts';

/** @see https://docs.stripe.com/webhooks/signature */
export const stripe: Provider = {
  secret: 'text',
  signature: {
    header: 'stripe-signature',
    format: fields(',', 't'),
    // `v0` is a fake scheme of test mode.
    versions: { v1: hmacSha256Hex },
    signed: '{timestamp}.{body}',
  },
  body: 'json',
  id: body('id'),
  type: body('type'),
  attributes: { account: body('account') },
  forward: [],
};

import type { Provider } from '../provider.ts';
import { body, hash, hmacSha256Hex, single } from '../provider-dsl.ts';

/** @see https://docs.lemonsqueezy.com/help/webhooks/signing-requests */
export const lemonsqueezy: Provider = {
  secret: 'text',
  signature: {
    header: 'x-signature',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  id: hash,
  type: body('meta.event_name'),
  attributes: {},
  forward: [],
};

import type { Provider } from '../provider.ts';
import { body, hmacSha256Hex, single } from '../provider-dsl.ts';

/** @see https://docs.cdp.coinbase.com/commerce/api-arcitecture/webhooks-overview */
export const coinbaseCommerce: Provider = {
  secret: 'text',
  signature: {
    header: 'x-cc-webhook-signature',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  // The top-level `id` belongs to the delivery.
  id: body('event.id'),
  type: body('event.type'),
  attributes: {},
  forward: [],
};

import type { Provider } from '../provider.ts';
import { header, hmacSha256Base64, single } from '../provider-dsl.ts';

/** @see https://shopify.dev/docs/apps/build/webhooks/verify-deliveries */
export const shopify: Provider = {
  secret: 'text',
  signature: {
    // The second family is that of Shopify's newer "Events".
    families: ['x-shopify-', 'shopify-'],
    header: '*hmac-sha256',
    format: single(),
    versions: { only: hmacSha256Base64 },
    signed: '{body}',
  },
  body: 'json',
  // Not under the signature, as with GitHub.
  id: header('*webhook-id'),
  type: header('*topic'),
  attributes: { shopDomain: header('*shop-domain') },
  forward: [
    '*webhook-id',
    '*topic',
    '*shop-domain',
    '*api-version',
    '*triggered-at',
    '*event-id',
    '*sub-topic',
    '*name',
    '*handle',
    '*action',
  ],
};

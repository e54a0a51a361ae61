import type { Provider } from '../provider.ts';
import { header, hmacSha256Base64, single } from '../provider-dsl.ts';

/** @see https://shopify.dev/docs/apps/build/webhooks/verify-deliveries */
export const shopify: Provider = {
  secret: 'text',
  signature: {
    // Shopify's newer "Events" use the second family.
    families: ['x-shopify-', 'shopify-'],
    header: '*hmac-sha256',
    format: single(),
    versions: { only: hmacSha256Base64 },
    signed: '{body}',
  },
  body: 'json',
  // This header is not signed, as with GitHub.
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

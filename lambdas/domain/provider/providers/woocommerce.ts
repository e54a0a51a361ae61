import { emptyResponse, type Handshake } from '../handshake.ts';
import type { Provider } from '../provider.ts';
import { hash, header, hmacSha256Base64, joined, single } from '../provider-dsl.ts';

const ping = /^webhook_id=\d{1,20}$/;

/** WooCommerce tests a new webhook with an unsigned form of its id only, and requires exactly 200. */
const woocommercePing: Handshake = {
  unsigned: ({ body, headers }) => {
    const isBare = !headers.has('x-wc-webhook-signature') && body.byteLength <= 40;
    return isBare && ping.test(Buffer.from(body).toString('latin1')) ? emptyResponse : undefined;
  },
};

/** @see https://developer.woocommerce.com/docs/apis/rest-api/v3/webhooks/ */
export const woocommerce: Provider = {
  secret: 'text',
  signature: {
    header: 'x-wc-webhook-signature',
    format: single(),
    versions: { only: hmacSha256Base64 },
    signed: '{body}',
  },
  body: 'json',
  // Deliveries of one webhook within the same second share their delivery id.
  id: joined(':', header('x-wc-webhook-delivery-id'), hash),
  type: header('x-wc-webhook-topic'),
  attributes: { shop: header('x-wc-webhook-source') },
  forward: [
    'x-wc-webhook-delivery-id',
    'x-wc-webhook-topic',
    'x-wc-webhook-resource',
    'x-wc-webhook-event',
    'x-wc-webhook-id',
    'x-wc-webhook-source',
  ],
  handshake: woocommercePing,
};

import { woocommercePing } from '../handshakes/woocommerce.ts';
import type { Provider } from '../provider.ts';
import {
  basicAuth,
  body,
  fields,
  first,
  hash,
  header,
  hmacSha256Base64,
  hmacSha256Hex,
  joined,
  single,
} from './words.ts';

/** Payments, billing and shops. */
export const paymentProviders = {
  /** @see https://developer.paddle.com/webhooks/signature-verification */
  paddle: {
    secret: 'text',
    signature: {
      header: 'paddle-signature',
      format: fields(';', 'ts'),
      versions: { h1: hmacSha256Hex },
      signed: '{timestamp}:{body}',
    },
    body: 'json',
    id: body('event_id'),
    type: body('event_type'),
    attributes: {},
    forward: [],
  },

  /** @see https://razorpay.com/docs/webhooks/validate-test/ */
  razorpay: {
    secret: 'text',
    signature: {
      header: 'x-razorpay-signature',
      format: single(),
      versions: { only: hmacSha256Hex },
      signed: '{body}',
    },
    body: 'json',
    // Not under the signature, as with GitHub.
    id: first(header('x-razorpay-event-id'), hash),
    type: body('event'),
    attributes: { account: body('account_id') },
    forward: ['x-razorpay-event-id'],
  },

  /** @see https://docs.lemonsqueezy.com/help/webhooks/signing-requests */
  lemonsqueezy: {
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
  },

  /** @see https://docs.cdp.coinbase.com/commerce/api-arcitecture/webhooks-overview */
  'coinbase-commerce': {
    secret: 'text',
    signature: {
      header: 'x-cc-webhook-signature',
      format: single(),
      versions: { only: hmacSha256Hex },
      signed: '{body}',
    },
    body: 'json',
    // The `id` at the top is that of the delivery.
    id: body('event.id'),
    type: body('event.type'),
    attributes: {},
    forward: [],
  },

  /** @see https://developer.gocardless.com/api-reference/#webhooks-overview */
  gocardless: {
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
  },

  /** @see https://www.chargebee.com/docs/webhook_settings.html */
  chargebee: {
    secret: 'basic',
    signature: basicAuth,
    body: 'json',
    id: body('id'),
    type: body('event_type'),
    attributes: {},
    forward: [],
  },

  /** @see https://developer.squareup.com/docs/webhooks/step3validate */
  square: {
    secret: 'text',
    signature: {
      header: 'x-square-hmacsha256-signature',
      format: single(),
      versions: { only: hmacSha256Base64 },
      signed: '{url}{body}',
    },
    body: 'json',
    id: body('event_id'),
    type: body('type'),
    attributes: { merchant: body('merchant_id') },
    forward: ['square-environment', 'square-retry-number', 'square-retry-reason'],
  },

  /** @see https://developer.woocommerce.com/docs/apis/rest-api/v3/webhooks/ */
  woocommerce: {
    secret: 'text',
    signature: {
      header: 'x-wc-webhook-signature',
      format: single(),
      versions: { only: hmacSha256Base64 },
      signed: '{body}',
    },
    body: 'json',
    // Two deliveries of one webhook within a second share their delivery id.
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
  },
} as const satisfies Readonly<Record<string, Provider>>;

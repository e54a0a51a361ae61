import { emptyAnswer } from '../handshake.ts';
import { oktaChallenge } from '../handshakes/okta.ts';
import type { Provider } from '../provider.ts';
import {
  always,
  body,
  fields,
  first,
  hash,
  header,
  hmacSha256Hex,
  joined,
  standardWebhooks,
  tokenIn,
} from './words.ts';

/** Models, media and identity. */
export const platformProviders = {
  /** @see https://platform.openai.com/docs/guides/webhooks */
  openai: {
    secret: 'whsec',
    signature: standardWebhooks,
    body: 'json',
    id: header('webhook-id'),
    type: body('type'),
    attributes: {},
    forward: ['webhook-id', 'webhook-timestamp'],
  },

  /** @see https://replicate.com/docs/topics/webhooks/verify-webhook */
  replicate: {
    secret: 'whsec',
    signature: standardWebhooks,
    body: 'json',
    // The body's `id` is the prediction's, the same from its start to its end.
    id: header('webhook-id'),
    type: joined('.', always('prediction'), body('status')),
    attributes: {},
    forward: ['webhook-id', 'webhook-timestamp'],
  },

  /** @see https://elevenlabs.io/docs/eleven-api/resources/webhooks */
  elevenlabs: {
    secret: 'text',
    signature: {
      header: 'elevenlabs-signature',
      format: fields(',', 't'),
      versions: { v0: hmacSha256Hex },
      signed: '{timestamp}.{body}',
      aheadAtMost: 300,
    },
    tolerance: 1_800,
    body: 'json',
    id: hash,
    type: body('type'),
    attributes: {},
    forward: [],
  },

  /** @see https://www.mux.com/docs/core/verify-webhook-signatures */
  mux: {
    secret: 'text',
    signature: {
      header: 'mux-signature',
      format: fields(',', 't'),
      versions: { v1: hmacSha256Hex },
      signed: '{timestamp}.{body}',
    },
    body: 'json',
    id: body('id'),
    type: body('type'),
    attributes: { environment: body('environment.id') },
    forward: [],
  },

  /** @see https://workos.com/docs/events/data-syncing/webhooks */
  workos: {
    secret: 'text',
    signature: {
      header: 'workos-signature',
      format: fields(',', 't'),
      versions: { v1: hmacSha256Hex },
      signed: '{timestamp}.{body}',
      timestampUnit: 'milliseconds',
    },
    tolerance: 180,
    body: 'json',
    id: body('id'),
    type: body('event'),
    attributes: {},
    forward: [],
  },

  /** @see https://developer.okta.com/docs/concepts/event-hooks/ */
  okta: {
    secret: 'token',
    signature: tokenIn('authorization'),
    body: 'json',
    batch: 'data.events',
    id: first(body('uuid'), hash),
    type: body('eventType'),
    attributes: {},
    forward: [],
    handshake: oktaChallenge,
    answer: emptyAnswer,
  },
} as const satisfies Readonly<Record<string, Provider>>;

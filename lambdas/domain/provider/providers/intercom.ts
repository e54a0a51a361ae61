import { emptyResponse, type Handshake } from '../handshake.ts';
import type { Provider } from '../provider.ts';
import { body, first, hashWithout, hmacSha1Hex, single } from '../provider-dsl.ts';

/** Saving the URL sends an unsigned HEAD. The ping that follows is signed, and an event. */
const intercomHead: Handshake = {
  methods: ['HEAD'],
  unsigned: ({ method }) => (method === 'HEAD' ? emptyResponse : undefined),
};

/** @see https://developers.intercom.com/docs/webhooks/setting-up-webhooks */
export const intercom: Provider = {
  secret: 'text',
  signature: {
    header: 'x-hub-signature',
    format: single('sha1='),
    // There is no other.
    versions: { only: hmacSha1Hex },
    signed: '{body}',
  },
  body: 'json',
  // A ping has none; the others are about the delivery, not about what is delivered.
  id: first(body('id'), hashWithout('delivery_attempts', 'delivery_status', 'delivered_at')),
  type: body('topic'),
  attributes: { app: body('app_id') },
  forward: [],
  handshake: intercomHead,
};

import { emptyResponse, type Handshake } from '../handshake.ts';
import type { Provider } from '../provider.ts';
import { body, first, hashWithout, hmacSha1Hex, single } from '../provider-dsl.ts';

/** Saving the URL sends an unsigned HEAD. The ping that follows is signed and is an event. */
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
    // Intercom signs with SHA-1 only.
    versions: { only: hmacSha1Hex },
    signed: '{body}',
  },
  body: 'json',
  // A ping has no id. The excluded members describe the delivery, not the event.
  id: first(body('id'), hashWithout('delivery_attempts', 'delivery_status', 'delivered_at')),
  type: body('topic'),
  attributes: { app: body('app_id') },
  forward: [],
  handshake: intercomHead,
};

import type { Provider } from '../provider.ts';
import { body, first, hash, hmacSha256Hex, joined, single } from '../provider-dsl.ts';

/** @see https://linear.app/developers/webhooks */
export const linear: Provider = {
  secret: 'text',
  signature: {
    header: 'linear-signature',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  // The header of that name is not under the signature.
  bodyTimestamp: 'webhookTimestamp',
  // Tries after 1 minute, 1 hour and 6 hours carry the first one's time.
  tolerance: 28_800,
  bodyAheadAtMost: 60,
  body: 'json',
  // `Linear-Delivery` is not signed: within these hours a captured request could come again under a new one.
  id: hash,
  type: first(joined('.', body('type'), body('action')), body('type')),
  attributes: {},
  forward: ['linear-delivery', 'linear-event'],
};

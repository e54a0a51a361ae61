import type { Provider } from '../provider.ts';
import { body, first, hash, header, hmacSha256Hex, joined, single } from '../words.ts';

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
  tolerance: 60,
  body: 'json',
  id: first(header('linear-delivery'), hash),
  type: first(joined('.', body('type'), body('action')), body('type')),
  attributes: {},
  forward: ['linear-delivery', 'linear-event'],
};

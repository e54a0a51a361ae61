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
  // The timestamp header is not signed; this member of the body is.
  bodyTimestamp: 'webhookTimestamp',
  // Retries after 1 minute, 1 hour and 6 hours have the timestamp of the first attempt.
  tolerance: 28_800,
  bodyAheadAtMost: 60,
  body: 'json',
  // `Linear-Delivery` is not signed: a captured request could be replayed under a new one within the tolerance.
  id: hash,
  type: first(joined('.', body('type'), body('action')), body('type')),
  attributes: {},
  forward: ['linear-delivery', 'linear-event'],
};

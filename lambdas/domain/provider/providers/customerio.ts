import type { Provider } from '../provider.ts';
import { body, first, hash, header, hmacSha256Hex, joined, single } from '../provider-dsl.ts';

/** @see https://docs.customer.io/integrations/api/webhooks/ */
export const customerio: Provider = {
  secret: 'text',
  signature: {
    header: 'x-cio-signature',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: 'v0:{timestamp}:{body}',
    timestampHeader: 'x-cio-timestamp',
    aheadAtMost: 300,
  },
  // Tries go on for 7 days, maybe with the first one's time.
  tolerance: 604_800,
  body: 'json',
  // Webhooks of a campaign have a body of the customer's, without an id; the time is signed.
  id: first(body('event_id'), joined(':', hash, header('x-cio-timestamp'))),
  type: joined('.', body('object_type'), body('metric')),
  typeWhenAbsent: 'unknown',
  attributes: {},
  forward: ['x-cio-timestamp'],
};

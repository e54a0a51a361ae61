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
  // Retries go on for 7 days, possibly with the timestamp of the first attempt.
  tolerance: 604_800,
  body: 'json',
  // Webhooks of a campaign have the customer's own body without an id; the timestamp is signed.
  id: first(body('event_id'), joined(':', hash, header('x-cio-timestamp'))),
  type: joined('.', body('object_type'), body('metric')),
  typeWhenAbsent: 'unknown',
  attributes: {},
  forward: ['x-cio-timestamp'],
};

import type { Provider } from '../provider.ts';
import { body, first, hash, header, hmacSha256Hex, joined, single } from '../provider-dsl.ts';

/** @see https://docs.attio.com/rest-api/guides/webhooks */
export const attio: Provider = {
  secret: 'text',
  signature: {
    // `x-attio-signature` has the same value, for old receivers.
    header: 'attio-signature',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  batch: 'events',
  // The key identifies the request. An event has no time, so two changes of one record have the same bytes.
  id: first(joined(':', header('idempotency-key'), hash), { from: 'request' }),
  type: body('event_type'),
  attributes: { workspace: body('id.workspace_id') },
  forward: ['idempotency-key'],
};

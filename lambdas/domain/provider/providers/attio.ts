import type { Provider } from '../provider.ts';
import { body, first, hash, header, hmacSha256Hex, joined, single } from '../provider-dsl.ts';

/** @see https://docs.attio.com/rest-api/guides/webhooks */
export const attio: Provider = {
  secret: 'text',
  signature: {
    // The same stands in `x-attio-signature`, for receivers of old.
    header: 'attio-signature',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  batch: 'events',
  // The key names the request. An event says what was touched and not when, so that two changes of one record are equal.
  id: first(joined(':', header('idempotency-key'), hash), { from: 'request' }),
  type: body('event_type'),
  attributes: { workspace: body('id.workspace_id') },
  forward: ['idempotency-key'],
};

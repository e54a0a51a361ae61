import type { Provider } from '../provider.ts';
import { body, first, hash, single } from '../provider-dsl.ts';

/** @see https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks */
export const telnyx: Provider = {
  secret: 'ed25519',
  signature: {
    header: 'telnyx-signature-ed25519',
    format: single(),
    versions: { only: { key: 'ed25519', encoding: 'base64' } },
    signed: '{timestamp}|{body}',
    timestampHeader: 'telnyx-timestamp',
  },
  body: 'json',
  // Some products send the event without `data`. The hash is only for events without an id: the body has an attempt
  // counter.
  id: first(body('data.id', 'id'), hash),
  type: body('data.event_type', 'event_type', 'data.record_type', 'record_type'),
  typeWhenAbsent: 'unknown',
  attributes: {},
  forward: ['telnyx-timestamp'],
};

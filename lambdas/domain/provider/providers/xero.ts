import { emptyResponse } from '../handshake.ts';
import type { Provider } from '../provider.ts';
import { body, hash, hmacSha256Base64, joined, single } from '../provider-dsl.ts';

/**
 * The "intent to receive" validation sends requests without events, some of them wrongly signed. It requires 200 and
 * 401, both without a body.
 *
 * @see https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/
 */
export const xero: Provider = {
  secret: 'text',
  signature: {
    header: 'x-xero-signature',
    format: single(),
    versions: { only: hmacSha256Base64 },
    signed: '{body}',
  },
  body: 'json',
  batch: 'events',
  // An event has no id, but its date has milliseconds.
  id: hash,
  type: joined('.', body('eventCategory'), body('eventType')),
  attributes: { tenant: body('tenantId') },
  forward: [],
  answer: emptyResponse,
  emptyRefusals: true,
};

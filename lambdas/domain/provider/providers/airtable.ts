import { emptyResponse } from '../handshake.ts';
import type { Provider } from '../provider.ts';
import { always, body, hmacSha256Hex, joined, single } from '../provider-dsl.ts';

/** @see https://airtable.com/developers/web/api/webhooks-overview */
export const airtable: Provider = {
  secret: 'base64',
  signature: {
    header: 'x-airtable-content-mac',
    format: single('hmac-sha256='),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  id: joined(':', body('webhook.id'), body('timestamp')),
  // The webhook is only a ping: the handler has to fetch the changes.
  type: always('webhook.notification'),
  attributes: { base: body('base.id') },
  forward: [],
  answer: emptyResponse,
};

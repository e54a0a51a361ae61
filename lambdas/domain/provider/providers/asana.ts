import type { Handshake } from '../handshake.ts';
import type { Provider } from '../provider.ts';
import { body, first, hash, hmacSha256Hex, joined, single } from '../provider-dsl.ts';

const plausible = /^[A-Za-z0-9]{16,256}$/;

/** Creating a webhook sends its secret in a header, and the response must repeat it. */
const newWebhook: Handshake = {
  secretFromHandshake: ({ headers }) => {
    const secret = headers.get('x-hook-secret') ?? '';
    if (headers.has('x-hook-signature') || !plausible.test(secret)) return undefined;
    return { secret, response: { status: 200, headers: { 'x-hook-secret': secret }, body: '' } };
  },
};

/** @see https://developers.asana.com/docs/webhooks-guide */
export const asana: Provider = {
  secret: 'text',
  signature: {
    header: 'x-hook-signature',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  // An empty list, every 8 hours, is a heartbeat.
  batch: 'events',
  id: hash,
  type: first(joined('.', body('resource.resource_type'), body('action')), body('action')),
  typeWhenAbsent: 'unknown',
  attributes: {},
  forward: [],
  handshake: newWebhook,
};

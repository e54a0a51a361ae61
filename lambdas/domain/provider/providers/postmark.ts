import type { Provider } from '../provider.ts';
import { basicAuth, body, hash } from '../words.ts';

/** @see https://postmarkapp.com/developer/webhooks/webhooks-overview */
export const postmark: Provider = {
  secret: 'basic',
  signature: basicAuth,
  body: 'json',
  id: hash,
  type: body('RecordType'),
  // Mail that comes in has no record type.
  typeWhenAbsent: 'Inbound',
  attributes: {},
  forward: [],
};

import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { basicAuth, body, code, eachRequest, first, hash, joined } from '../provider-dsl.ts';

const testMessage = code(({ payload }) => {
  const id = propertyAt(payload, 'MessageID');
  return typeof id === 'string' && /^0{8}-(?:0{4}-){3}0{12}$/.test(id) ? id : undefined;
});

/** @see https://postmarkapp.com/developer/webhooks/webhooks-overview */
export const postmark: Provider = {
  secret: 'basic',
  signature: basicAuth,
  body: 'json',
  // The tests of the settings page share one message id of zeros.
  id: first(joined(':', testMessage, hash, eachRequest), hash),
  type: body('RecordType'),
  // Inbound mail has no record type.
  typeWhenAbsent: 'Inbound',
  attributes: {},
  forward: [],
};

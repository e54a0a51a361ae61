import type { Provider } from '../provider.ts';
import { basicAuth, body } from '../provider-dsl.ts';

/** @see https://www.chargebee.com/docs/webhook_settings.html */
export const chargebee: Provider = {
  secret: 'basic',
  signature: basicAuth,
  body: 'json',
  id: body('id'),
  type: body('event_type'),
  attributes: {},
  forward: [],
};

import type { Provider } from '../provider.ts';
import { body, header, standardWebhooksScheme } from '../provider-dsl.ts';

/** @see https://platform.openai.com/docs/guides/webhooks */
export const openai: Provider = {
  secret: 'whsec',
  signature: standardWebhooksScheme,
  body: 'json',
  id: header('webhook-id'),
  type: body('type'),
  attributes: {},
  forward: ['webhook-id', 'webhook-timestamp'],
};

import type { Provider } from '../provider.ts';
import { always, body, header, joined, standardWebhooksScheme } from '../provider-dsl.ts';

/** @see https://replicate.com/docs/topics/webhooks/verify-webhook */
export const replicate: Provider = {
  secret: 'whsec',
  signature: standardWebhooksScheme,
  body: 'json',
  // The body's `id` belongs to the prediction: all its events share it.
  id: header('webhook-id'),
  type: joined('.', always('prediction'), body('status')),
  attributes: {},
  forward: ['webhook-id', 'webhook-timestamp'],
};

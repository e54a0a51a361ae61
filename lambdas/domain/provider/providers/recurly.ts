import type { Provider } from '../provider.ts';
import { body, code, first, hash, header, hmacSha256Hex, joined } from '../provider-dsl.ts';

/** In the older format the body's member is named after the notification. */
const notificationName = code(({ payload }) => {
  if (typeof payload !== 'object' || payload === null) return undefined;
  return Object.keys(payload).find((name) => name.endsWith('_notification'));
});

/** XML is not signed. @see https://docs.recurly.com/recurly-subscriptions/docs/signature-verification */
export const recurly: Provider = {
  secret: 'text',
  signature: {
    header: 'recurly-signature',
    format: { kind: 'positional' },
    versions: { only: hmacSha256Hex },
    signed: '{timestamp}.{body}',
    timestampUnit: 'milliseconds',
  },
  body: 'json',
  // The header is not signed; it is used only if the body has no id.
  id: first(body('id'), header('recurly-notification-id'), hash),
  type: first(joined('.', body('object_type'), body('event_type')), body('event_type'), notificationName),
  typeWhenAbsent: 'unknown',
  attributes: { site: body('site_id'), account: body('account_code') },
  forward: ['recurly-notification-id'],
};

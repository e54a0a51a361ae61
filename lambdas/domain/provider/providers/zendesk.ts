import type { Provider } from '../provider.ts';
import { body, first, hash, header, hmacSha256Base64, single } from '../provider-dsl.ts';

/** @see https://developer.zendesk.com/documentation/webhooks/verifying/ */
export const zendesk: Provider = {
  secret: 'text',
  signature: {
    header: 'x-zendesk-webhook-signature',
    format: single(),
    versions: { only: hmacSha256Base64 },
    signed: '{timestamp}{body}',
    timestampHeader: 'x-zendesk-webhook-signature-timestamp',
    timestampUnit: 'iso',
  },
  methods: ['GET', 'PUT', 'PATCH', 'DELETE'],
  // Customers write the body of a trigger, so its `id` may be a ticket's.
  body: 'any',
  id: first(
    { from: 'body', paths: ['id'], onlyWith: 'zendesk_event_version' },
    header('x-zendesk-webhook-invocation-id'),
    hash,
  ),
  type: body('type'),
  typeWhenAbsent: 'unknown',
  attributes: { account: header('x-zendesk-account-id') },
  forward: ['x-zendesk-webhook-id', 'x-zendesk-webhook-invocation-id', 'x-zendesk-account-id'],
};

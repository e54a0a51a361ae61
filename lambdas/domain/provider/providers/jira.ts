import type { Provider } from '../provider.ts';
import { body, first, hash, header, hmacSha256Hex, single } from '../provider-dsl.ts';

/** @see https://developer.atlassian.com/cloud/jira/platform/webhooks/ */
export const jira: Provider = {
  secret: 'text',
  signature: {
    header: 'x-hub-signature',
    format: single('sha256='),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  // A webhook with `excludeBody` has no body, so its event has no type.
  body: 'json-or-empty',
  // Data Center sends no identifier.
  id: first(header('x-atlassian-webhook-identifier'), hash),
  type: body('webhookEvent'),
  typeWhenAbsent: 'unknown',
  attributes: {},
  forward: [
    'x-atlassian-webhook-identifier',
    'x-atlassian-webhook-flow',
    'x-atlassian-webhook-retry',
    'x-atlassian-webhook-trace',
  ],
};

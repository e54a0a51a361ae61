import type { Provider } from '../provider.ts';
import { body, header, hmacSha256Hex, single } from '../words.ts';

/** @see https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/ */
export const bitbucket: Provider = {
  secret: 'text',
  signature: {
    header: 'x-hub-signature',
    format: single('sha256='),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  // Not under the signature, as with GitHub.
  id: header('x-request-uuid'),
  type: header('x-event-key'),
  attributes: { repository: body('repository.full_name') },
  forward: ['x-request-uuid', 'x-event-key', 'x-hook-uuid', 'x-attempt-number'],
};

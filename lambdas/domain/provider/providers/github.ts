import type { Provider } from '../provider.ts';
import { body, header, hmacSha256Hex, single } from '../provider-dsl.ts';

/** @see https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries */
export const github: Provider = {
  secret: 'text',
  signature: {
    header: 'x-hub-signature-256',
    format: single('sha256='),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json-or-form',
  // This header is not signed: a source that must not accept replays under new ids sets `eventId: 'body'`.
  id: header('x-github-delivery'),
  type: header('x-github-event'),
  attributes: { repository: body('repository.full_name') },
  forward: [
    'x-github-delivery',
    'x-github-event',
    'x-github-hook-id',
    'x-github-hook-installation-target-id',
    'x-github-hook-installation-target-type',
  ],
};

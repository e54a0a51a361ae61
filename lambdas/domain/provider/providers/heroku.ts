import type { Provider } from '../provider.ts';
import { body, first, hmacSha256Base64, joined, single } from '../provider-dsl.ts';

/** @see https://devcenter.heroku.com/articles/app-webhooks */
export const heroku: Provider = {
  secret: 'text',
  signature: {
    header: 'heroku-webhook-hmac-sha256',
    format: single(),
    versions: { only: hmacSha256Base64 },
    signed: '{body}',
  },
  body: 'json',
  id: body('id'),
  type: first(
    joined('.', body('webhook_metadata.event.include'), body('action')),
    joined('.', body('resource'), body('action')),
  ),
  attributes: {},
  forward: [],
};

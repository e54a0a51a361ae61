import type { Provider } from '../provider.ts';
import { body, hmacSha256Base64, single } from '../provider-dsl.ts';

/** @see https://www.typeform.com/developers/webhooks/secure-your-webhooks/ */
export const typeform: Provider = {
  secret: 'text',
  signature: {
    header: 'typeform-signature',
    format: single('sha256='),
    versions: { only: hmacSha256Base64 },
    signed: '{body}',
  },
  body: 'json',
  id: body('event_id'),
  type: body('event_type'),
  attributes: { form: body('form_response.form_id') },
  forward: [],
};

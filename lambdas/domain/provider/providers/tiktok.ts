import type { Provider } from '../provider.ts';
import { body, fields, hash, hmacSha256Hex } from '../provider-dsl.ts';

/** TikTok for Developers; TikTok Shop signs in another way. @see https://developers.tiktok.com/doc/webhooks-verification */
export const tiktok: Provider = {
  secret: 'text',
  signature: {
    header: 'tiktok-signature',
    format: fields(',', 't'),
    versions: { s: hmacSha256Hex },
    signed: '{timestamp}.{body}',
    aheadAtMost: 300,
  },
  // Retries go on for 72 hours, possibly with the timestamp of the first attempt.
  tolerance: 259_200,
  body: 'json',
  id: hash,
  type: body('event'),
  attributes: { user: body('user_openid') },
  forward: [],
};

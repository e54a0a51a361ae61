import type { Provider } from '../provider.ts';
import { body, fields, hash, hmacSha256Hex } from '../provider-dsl.ts';

/** TikTok for Developers; TikTok Shop signs otherwise. @see https://developers.tiktok.com/doc/webhooks-verification */
export const tiktok: Provider = {
  secret: 'text',
  signature: {
    header: 'tiktok-signature',
    format: fields(',', 't'),
    versions: { s: hmacSha256Hex },
    signed: '{timestamp}.{body}',
    aheadAtMost: 300,
  },
  // Tries go on for 72 hours, maybe with the first one's time.
  tolerance: 259_200,
  body: 'json',
  id: hash,
  type: body('event'),
  attributes: { user: body('user_openid') },
  forward: [],
};

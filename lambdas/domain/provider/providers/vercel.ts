import type { Provider } from '../provider.ts';
import { body, hmacSha1Hex, single } from '../provider-dsl.ts';

/** @see https://vercel.com/docs/webhooks */
export const vercel: Provider = {
  secret: 'text',
  signature: {
    header: 'x-vercel-signature',
    format: single(),
    versions: { only: hmacSha1Hex },
    signed: '{body}',
  },
  body: 'json',
  id: body('id'),
  type: body('type'),
  attributes: {},
  forward: [],
};

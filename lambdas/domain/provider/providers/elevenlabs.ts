import type { Provider } from '../provider.ts';
import { body, fields, hash, hmacSha256Hex } from '../provider-dsl.ts';

/** @see https://elevenlabs.io/docs/eleven-api/resources/webhooks */
export const elevenlabs: Provider = {
  secret: 'text',
  signature: {
    header: 'elevenlabs-signature',
    format: fields(',', 't'),
    versions: { v0: hmacSha256Hex },
    signed: '{timestamp}.{body}',
    aheadAtMost: 300,
  },
  tolerance: 1_800,
  body: 'json',
  id: hash,
  type: body('type'),
  attributes: {},
  forward: [],
};

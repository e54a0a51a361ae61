import type { Provider } from '../provider.ts';
import { body, fields, hmacSha256Hex } from '../provider-dsl.ts';

/** @see https://workos.com/docs/events/data-syncing/webhooks */
export const workos: Provider = {
  secret: 'text',
  signature: {
    header: 'workos-signature',
    format: fields(',', 't'),
    versions: { v1: hmacSha256Hex },
    signed: '{timestamp}.{body}',
    timestampUnit: 'milliseconds',
  },
  tolerance: 180,
  body: 'json',
  id: body('id'),
  type: body('event'),
  attributes: {},
  forward: [],
};

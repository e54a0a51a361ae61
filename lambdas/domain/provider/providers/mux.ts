import type { Provider } from '../provider.ts';
import { body, fields, hmacSha256Hex } from '../provider-dsl.ts';

/** @see https://www.mux.com/docs/core/verify-webhook-signatures */
export const mux: Provider = {
  secret: 'text',
  signature: {
    header: 'mux-signature',
    format: fields(',', 't'),
    versions: { v1: hmacSha256Hex },
    signed: '{timestamp}.{body}',
  },
  body: 'json',
  id: body('id'),
  type: body('type'),
  attributes: { environment: body('environment.id') },
  forward: [],
};

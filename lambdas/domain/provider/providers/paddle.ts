import type { Provider } from '../provider.ts';
import { body, fields, hmacSha256Hex } from '../provider-dsl.ts';

/** @see https://developer.paddle.com/webhooks/signature-verification */
export const paddle: Provider = {
  secret: 'text',
  signature: {
    header: 'paddle-signature',
    format: fields(';', 'ts'),
    versions: { h1: hmacSha256Hex },
    signed: '{timestamp}:{body}',
  },
  body: 'json',
  id: body('event_id'),
  type: body('event_type'),
  attributes: {},
  forward: [],
};

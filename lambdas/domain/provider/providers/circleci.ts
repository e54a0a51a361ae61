import type { Provider } from '../provider.ts';
import { body, fields, hmacSha256Hex } from '../provider-dsl.ts';

/** @see https://circleci.com/docs/outbound-webhooks */
export const circleci: Provider = {
  secret: 'text',
  signature: {
    header: 'circleci-signature',
    format: fields(','),
    versions: { v1: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  id: body('id'),
  type: body('type'),
  attributes: {},
  forward: ['circleci-event-type'],
};

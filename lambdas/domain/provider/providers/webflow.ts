import type { Provider } from '../provider.ts';
import { body, hash, hmacSha256Hex, single } from '../provider-dsl.ts';

/** @see https://developers.webflow.com/data/docs/working-with-webhooks */
export const webflow: Provider = {
  secret: 'text',
  signature: {
    header: 'x-webflow-signature',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: '{timestamp}:{body}',
    timestampHeader: 'x-webflow-timestamp',
    timestampUnit: 'milliseconds',
  },
  body: 'json',
  id: hash,
  type: body('triggerType'),
  attributes: {},
  forward: [],
};

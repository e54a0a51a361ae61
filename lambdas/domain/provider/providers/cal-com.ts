import type { Provider } from '../provider.ts';
import { body, hash, hmacSha256Hex, single } from '../provider-dsl.ts';

/**
 * Without a secret it sends `no-secret-provided`, which is not a signature.
 *
 * @see https://cal.com/docs/developing/guides/automation/webhooks
 */
export const calCom: Provider = {
  secret: 'text',
  signature: {
    header: 'x-cal-signature-256',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  // A template of the customer's may be anything.
  body: 'any',
  id: hash,
  type: body('triggerEvent'),
  typeWhenAbsent: 'unknown',
  attributes: { booking: body('payload.uid', 'uid') },
  forward: ['x-cal-webhook-version'],
};

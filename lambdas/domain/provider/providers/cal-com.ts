import type { Provider } from '../provider.ts';
import { body, hash, hmacSha256Hex, single } from '../provider-dsl.ts';

/**
 * A webhook without a secret sends `no-secret-provided` as its signature, which never verifies.
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
  // Customers write their own templates, so the body may be anything.
  body: 'any',
  id: hash,
  type: body('triggerEvent'),
  typeWhenAbsent: 'unknown',
  attributes: { booking: body('payload.uid', 'uid') },
  forward: ['x-cal-webhook-version'],
};

import type { Provider } from '../provider.ts';
import { code, fields, first, hash, header, hmacSha256Hex } from '../provider-dsl.ts';

/** An object stands under its own name: `charge`, `order`, `subscription`. */
const objectName = code(({ payload }) =>
  typeof payload === 'object' && payload !== null ? Object.keys(payload)[0] : undefined,
);

/** @see https://developer.rechargepayments.com/2021-11/webhooks_endpoints */
export const recharge: Provider = {
  secret: 'text',
  signature: {
    // `x-recharge-hmac-sha256` comes, too: a bare hash of secret and body, which can be lengthened.
    header: 'x-recharge-webhook-signature',
    format: fields(',', 't'),
    versions: { v1: hmacSha256Hex },
    signed: '{timestamp}.{body}',
  },
  // As long as it retries, and as its page says.
  tolerance: 172_800,
  body: 'json',
  // Nothing names an event. In a window of two days the id has to come from signed bytes.
  id: hash,
  type: first(header('x-recharge-topic'), objectName),
  typeWhenAbsent: 'unknown',
  attributes: {},
  forward: ['x-recharge-topic'],
};

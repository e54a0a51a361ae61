import type { Provider } from '../provider.ts';
import { code, fields, first, hash, header, hmacSha256Hex } from '../provider-dsl.ts';

/** The body has one member, named after the object: `charge`, `order`, `subscription`. */
const objectName = code(({ payload }) =>
  typeof payload === 'object' && payload !== null ? Object.keys(payload)[0] : undefined,
);

/** @see https://developer.rechargepayments.com/2021-11/webhooks_endpoints */
export const recharge: Provider = {
  secret: 'text',
  signature: {
    // `x-recharge-hmac-sha256` is also sent, but it is a plain hash of secret and body, open to length extension.
    header: 'x-recharge-webhook-signature',
    format: fields(',', 't'),
    versions: { v1: hmacSha256Hex },
    signed: '{timestamp}.{body}',
  },
  // Retries go on this long, and the documentation gives this tolerance.
  tolerance: 172_800,
  body: 'json',
  // Events have no id. With a tolerance of two days the id must come from signed bytes.
  id: hash,
  type: first(header('x-recharge-topic'), objectName),
  typeWhenAbsent: 'unknown',
  attributes: {},
  forward: ['x-recharge-topic'],
};

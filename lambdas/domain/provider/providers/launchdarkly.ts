import type { Provider } from '../provider.ts';
import { body, first, hash, hmacSha256Hex, joined, single } from '../provider-dsl.ts';

/** The body is an entry of the audit log. @see https://launchdarkly.com/docs/home/infrastructure/webhooks */
export const launchdarkly: Provider = {
  secret: 'text',
  signature: {
    header: 'x-ld-signature',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  id: first(body('_id'), hash),
  type: first(joined('.', body('kind'), body('accesses.0.action')), body('kind')),
  typeWhenAbsent: 'unknown',
  attributes: { kind: body('kind') },
  forward: [],
};

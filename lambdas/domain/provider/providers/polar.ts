import { type OwnFormat, parseKey } from '../../signature/key.ts';
import type { Provider } from '../provider.ts';
import { body, header, standardWebhooksScheme } from '../provider-dsl.ts';

/**
 * Reads both possible keys of a secret. The whole text is the key if the secret is older than September 8, 2026, or
 * chosen by the user; in later secrets the key is what `whsec_` encodes. The secret does not show which, so both count.
 */
const endpointSecret: OwnFormat = {
  called: 'secret of the endpoint (whsec_…, polar_whs_… or a text)',
  parse(secret) {
    const [text, decoded] = [parseKey(secret, 'text'), parseKey(secret, 'whsec')];
    if (text?.kind !== 'hmac' || decoded?.kind !== 'hmac') return text;
    return { ...decoded, alternatives: [text.secretKey] };
  },
};

/**
 * @see https://polar.sh/docs/integrate/webhooks/delivery
 * @see https://github.com/polarsource/polar/blob/main/server/polar/webhook/tasks.py
 */
export const polar: Provider = {
  secret: endpointSecret,
  signature: standardWebhooksScheme,
  body: 'json',
  id: header('webhook-id'),
  type: body('type'),
  attributes: {},
  forward: ['webhook-id', 'webhook-timestamp'],
};

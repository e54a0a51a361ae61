import { type OwnFormat, parseKey } from '../../signature/key.ts';
import type { Provider } from '../provider.ts';
import { body, header, standardWebhooksScheme } from '../provider-dsl.ts';

/**
 * The whole text is the key of endpoints whose secret is from before September 8, 2026, or is of the user's own; what
 * `whsec_` encodes is that of later ones. The secret does not say which, so that both count.
 */
const endpointSecret: OwnFormat = {
  called: 'secret of the endpoint (whsec_…, polar_whs_… or a text)',
  parse(secret) {
    const [text, decoded] = [parseKey(secret, 'text'), parseKey(secret, 'whsec')];
    if (text?.kind !== 'hmac' || decoded?.kind !== 'hmac') return text;
    return { kind: 'hmac', bytes: decoded.bytes, alternatives: [text.bytes] };
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

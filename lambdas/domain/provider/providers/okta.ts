import type { Handshake } from '../handshake.ts';
import { emptyResponse } from '../handshake.ts';
import type { Provider } from '../provider.ts';
import { body, first, hash, tokenIn } from '../provider-dsl.ts';

/** Verifying the hook sends one GET with the secret. The response repeats the value of a header as JSON. */
const oktaChallenge: Handshake = {
  methods: ['GET'],
  signed: ({ method, headers }) => {
    const verification = headers.get('x-okta-verification-challenge');
    if (method !== 'GET' || !verification || verification.length > 512) return undefined;
    return { status: 200, contentType: 'application/json', body: JSON.stringify({ verification }) };
  },
};

/** @see https://developer.okta.com/docs/concepts/event-hooks/ */
export const okta: Provider = {
  secret: 'token',
  signature: tokenIn('authorization'),
  body: 'json',
  batch: 'data.events',
  id: first(body('uuid'), hash),
  type: body('eventType'),
  attributes: {},
  forward: [],
  handshake: oktaChallenge,
  answer: emptyResponse,
};

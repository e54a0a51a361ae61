import type { Handshake } from '../handshake.ts';

/** One GET, with the secret as on every request: the value of a header comes back in a JSON body. */
export const oktaChallenge: Handshake = {
  methods: ['GET'],
  signed: ({ method, headers }) => {
    const verification = headers.get('x-okta-verification-challenge');
    if (method !== 'GET' || !verification || verification.length > 512) return undefined;
    return { status: 200, contentType: 'application/json', body: JSON.stringify({ verification }) };
  },
};

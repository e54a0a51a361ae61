import { createHmac } from 'node:crypto';
import { type Handshake, refusedChallenge } from '../handshake.ts';
import { parsePayload } from '../payload.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, hash, hmacSha256Hex, single } from '../words.ts';

/** Never a colon: a token such as `v0:<timestamp>:<body>` would make the answer the signature of an event. */
const plainTokens = /^[A-Za-z0-9_-]{1,128}$/;

/** Adding the URL, and every 72 h after it, sends a signed token that comes back signed. */
const zoomHandshake: Handshake = {
  signed: ({ body, headers }, keys) => {
    const payload = parsePayload(body, 'json', headers.get('content-type'));
    if (propertyAt(payload, 'event') !== 'endpoint.url_validation') return undefined;
    const plainToken = propertyAt(payload, 'payload.plainToken');
    const key = keys.find(({ kind }) => kind === 'hmac');
    if (key?.kind !== 'hmac' || typeof plainToken !== 'string' || !plainTokens.test(plainToken)) {
      return refusedChallenge(400, 'invalid_body');
    }
    const encryptedToken = createHmac('sha256', key.bytes).update(plainToken).digest('hex');
    const answer = JSON.stringify({ plainToken, encryptedToken });
    return { status: 200, contentType: 'application/json', body: answer };
  },
};

/** @see https://developers.zoom.us/docs/api/webhooks/ */
export const zoom: Provider = {
  secret: 'text',
  signature: {
    header: 'x-zm-signature',
    format: single('v0='),
    versions: { only: hmacSha256Hex },
    signed: 'v0:{timestamp}:{body}',
    timestampHeader: 'x-zm-request-timestamp',
  },
  body: 'json',
  id: hash,
  type: body('event'),
  attributes: { account: body('payload.account_id') },
  forward: ['x-zm-request-timestamp', 'x-zm-trackingid'],
  handshake: zoomHandshake,
};

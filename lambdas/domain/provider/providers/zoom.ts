import type { RawRequest } from '../../raw-request.ts';
import { hmac } from '../../signature/hmac.ts';
import type { VerificationKey } from '../../signature/key.ts';
import type { SignatureScheme } from '../../signature/scheme.ts';
import { verify } from '../../signature/verify.ts';
import { seconds, unixMillis } from '../../time.ts';
import { type Handshake, jsonResponse, refusedChallenge } from '../handshake.ts';
import { parsePayload } from '../payload.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, hash, hmacSha256Hex, single } from '../provider-dsl.ts';

const scheme: SignatureScheme = {
  header: 'x-zm-signature',
  format: single('v0='),
  versions: { only: hmacSha256Hex },
  signed: 'v0:{timestamp}:{body}',
  timestampHeader: 'x-zm-request-timestamp',
};

/** No colons: for a token such as `v0:<timestamp>:<body>`, the response would contain the signature of an event. */
const plainTokens = /^[A-Za-z0-9_-]{1,128}$/;

/** Whether a key signed the challenge. During a rotation, the same key must sign the response. */
const isSignedWith = (request: RawRequest, key: VerificationKey): boolean =>
  verify(scheme, request, [key], seconds(Number.POSITIVE_INFINITY), unixMillis(0)).ok;

/** Zoom sends a signed token when the URL is added, and every 72 h. The response is the token and its signature. */
const validation: Handshake = {
  signed: (request, keys) => {
    const payload = parsePayload(request.body, 'json');
    if (propertyAt(payload, 'event') !== 'endpoint.url_validation') return undefined;
    const plainToken = propertyAt(payload, 'payload.plainToken');
    const key = keys.find((candidate) => isSignedWith(request, candidate));
    if (key?.kind !== 'hmac' || typeof plainToken !== 'string' || !plainTokens.test(plainToken)) {
      return refusedChallenge(400, 'invalid_body');
    }
    const encryptedToken = hmac('sha256', key.secretKey, plainToken).toString('hex');
    return jsonResponse({ plainToken, encryptedToken });
  },
};

/** @see https://developers.zoom.us/docs/api/webhooks/ */
export const zoom: Provider = {
  secret: 'text',
  signature: scheme,
  body: 'json',
  id: hash,
  type: body('event'),
  attributes: { account: body('payload.account_id') },
  forward: ['x-zm-request-timestamp', 'x-zm-trackingid'],
  handshake: validation,
};

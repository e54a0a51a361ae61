import { queryOf } from '../../raw-request.ts';
import { hmac } from '../../signature/hmac.ts';
import { fieldOf } from '../form.ts';
import { type Handshake, jsonResponse, refusedChallenge } from '../handshake.ts';
import type { Provider } from '../provider.ts';
import { body, code, first, hash, hmacSha256Base64, single } from '../provider-dsl.ts';

const signedIn = (header: string) =>
  ({ header, format: single('sha256='), versions: { only: hmacSha256Base64 }, signed: '{body}' }) as const;

/** No braces: for a token that is JSON, the response would contain the signature of an event. */
const tokens = /^[A-Za-z0-9_=-]{1,128}$/;
const invalid = refusedChallenge(400, 'invalid_request');

/** X sends an unsigned GET when the URL is saved, and every hour. The response is the signed token. */
const challenge: Handshake = {
  methods: ['GET'],
  unsigned: ({ method, url }, keys) => {
    const [key] = keys;
    if (method !== 'GET' || key?.kind !== 'hmac') return undefined;
    const token = fieldOf(queryOf({ url }), 'crc_token') ?? '';
    if (!tokens.test(token)) return invalid;
    const signature = hmac('sha256', key.secretKey, token).toString('base64');
    return jsonResponse({ response_token: `sha256=${signature}` });
  },
};

/** The type of older events is the name of the list that they are in. */
const listName = code(({ payload }) => {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const [name] = Object.keys(payload).filter((key) => /^[a-z_]+_events?$/.test(key));
  return name;
});

/** @see https://docs.x.com/x-api/webhooks/introduction */
export const x: Provider = {
  secret: 'text',
  // Each header is signed with another secret of the app; only the stored one matches.
  signature: signedIn('x-twitter-webhooks-signature-oauth2'),
  otherSignatures: [signedIn('x-twitter-webhooks-signature')],
  body: 'json',
  id: first(body('data.event_uuid'), hash),
  type: first(body('data.event_type'), listName),
  typeWhenAbsent: 'unknown',
  attributes: { user: body('for_user_id') },
  forward: [],
  handshake: challenge,
};

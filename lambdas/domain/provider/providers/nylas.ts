import { queryOf } from '../../raw-request.ts';
import { fieldOf } from '../form.ts';
import { type Handshake, textResponse } from '../handshake.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, code, first, hash, hmacSha256Hex, single } from '../provider-dsl.ts';

/** Short and plain, so that a caller cannot make the response a page of HTML. */
const challenges = /^[A-Za-z0-9_-]{1,256}$/;

/**
 * Creating the webhook sends an unsigned GET whose `challenge` must be returned. The API's response then has the
 * secret.
 */
const nylasChallenge: Handshake = {
  methods: ['GET'],
  unsigned: ({ method, url }) => {
    const text = method === 'GET' ? fieldOf(queryOf({ url }), 'challenge') : undefined;
    return text !== undefined && challenges.test(text) ? textResponse(text) : undefined;
  },
};

/** All test events have the same id. */
const idOfTest = code(({ payload, requestId }) =>
  propertyAt(payload, 'id') === 'mock-id' ? requestId : undefined,
);

/** Webhooks of the API v3. @see https://developer.nylas.com/docs/v3/notifications/ */
export const nylas: Provider = {
  secret: 'text',
  signature: {
    header: 'x-nylas-signature',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  id: first(idOfTest, body('id'), hash),
  type: body('type'),
  attributes: { grant: body('data.object.grant_id') },
  forward: [],
  handshake: nylasChallenge,
};

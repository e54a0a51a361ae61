import { queryOf } from '../../raw-request.ts';
import { fieldOf } from '../form.ts';
import type { Handshake } from '../handshake.ts';
import type { Provider } from '../provider.ts';
import { always, eachRequest, hmacSha256Hex, single } from '../provider-dsl.ts';

/** Short and plain, so that a caller cannot make the response a page of HTML. */
const challenge = /^[A-Za-z0-9_-]{1,256}$/;

/** Adding the URL sends an unsigned GET whose `challenge` must be returned as plain text. */
const dropboxChallenge: Handshake = {
  methods: ['GET'],
  unsigned: ({ method, url }) => {
    const text = method === 'GET' ? fieldOf(queryOf({ url }), 'challenge') : undefined;
    return text !== undefined && challenge.test(text)
      ? { status: 200, contentType: 'text/plain', body: text }
      : undefined;
  },
};

/** @see https://www.dropbox.com/developers/reference/webhooks */
export const dropbox: Provider = {
  secret: 'text',
  signature: {
    header: 'x-dropbox-signature',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  // The body only says whose files changed. Two changes have the same bytes and no id.
  id: eachRequest,
  type: always('list_folder'),
  attributes: {},
  forward: [],
  handshake: dropboxChallenge,
};

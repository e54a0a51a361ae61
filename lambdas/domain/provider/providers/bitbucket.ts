import { emptyResponse, type Handshake } from '../handshake.ts';
import type { Provider } from '../provider.ts';
import { body, first, hash, header, hmacSha256Hex, single } from '../provider-dsl.ts';

/** A ping is `{"test":true}`. */
const maxPingBytes = 1024;

/** Data Center's "Test connection" is not signed. It gets a response and is never an event. */
const ping: Handshake = {
  unsigned: ({ method, headers, body: bytes }) => {
    const isPing = method === 'POST' && headers.get('x-event-key') === 'diagnostics:ping';
    return isPing && !headers.has('x-hub-signature') && bytes.byteLength <= maxPingBytes
      ? emptyResponse
      : undefined;
  },
};

/** @see https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/ */
export const bitbucket: Provider = {
  secret: 'text',
  signature: {
    header: 'x-hub-signature',
    format: single('sha256='),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  // Neither header is signed, as with GitHub. Data Center sends the second.
  id: first(header('x-request-uuid'), header('x-request-id'), hash),
  type: header('x-event-key'),
  attributes: { repository: body('repository.full_name') },
  forward: ['x-request-uuid', 'x-request-id', 'x-event-key', 'x-hook-uuid', 'x-attempt-number'],
  handshake: ping,
};

import { emptyResponse, type Handshake } from '../handshake.ts';
import { parsePayload } from '../payload.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, hmacSha256Hex, single } from '../provider-dsl.ts';

const token = /^secret_[A-Za-z0-9_-]{8,256}$/;

/** The request has a token and nothing else. */
const maxVerificationBytes = 4 * 1024;

/** A new subscription sends its token unsigned; a person then enters it in Notion. */
const verification: Handshake = {
  secretFromHandshake: ({ body: bytes, headers }) => {
    if (headers.has('x-notion-signature') || bytes.byteLength > maxVerificationBytes) return undefined;
    const secret = propertyAt(parsePayload(bytes, 'json'), 'verification_token');
    return typeof secret === 'string' && token.test(secret) ? { secret, response: emptyResponse } : undefined;
  },
};

/** @see https://developers.notion.com/reference/webhooks */
export const notion: Provider = {
  secret: 'text',
  signature: {
    header: 'x-notion-signature',
    format: single('sha256='),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  id: body('id'),
  type: body('type'),
  attributes: { workspace: body('workspace_id') },
  forward: [],
  handshake: verification,
};

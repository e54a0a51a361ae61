import type { SignatureScheme } from '../../signature/scheme.ts';
import { verify } from '../../signature/verify.ts';
import { type Check, refusedFor } from '../check.ts';
import type { Provider } from '../provider.ts';
import { body, fields, hmacSha256Hex } from '../provider-dsl.ts';
import { mostSpecific } from '../verify-request.ts';

const scheme: SignatureScheme = {
  header: 'persona-signature',
  format: fields(',', 't'),
  versions: { v1: hmacSha256Hex },
  signed: '{timestamp}.{body}',
};

/** One set for each active secret; there are two during a rotation. */
const maxSets = 4;

/** The header has sets of a timestamp and a signature, separated by blanks, one for each secret. */
const check: Check = (request, keys, { tolerance, now }) => {
  const sets = (request.headers.get(scheme.header) ?? '').split(' ').filter((set) => set !== '');
  if (sets.length > maxSets) return refusedFor('malformed-header');
  const results = sets.map((set) => {
    const headers = new Map([...request.headers, [scheme.header, set] as const]);
    return verify(scheme, { ...request, headers }, keys, tolerance, now);
  });
  return mostSpecific(results);
};

/** @see https://docs.withpersona.com/webhooks-best-practices */
export const persona: Provider = {
  secret: 'text',
  signature: check,
  body: 'json',
  id: body('data.id'),
  type: body('data.attributes.name'),
  attributes: { object: body('data.attributes.payload.data.id') },
  forward: [],
};

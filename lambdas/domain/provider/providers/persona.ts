import type { SignatureScheme } from '../../signature/scheme.ts';
import { verify } from '../../signature/verify.ts';
import { type Check, refusedFor } from '../check.ts';
import type { Provider } from '../provider.ts';
import { body, fields, hmacSha256Hex } from '../provider-dsl.ts';
import { mostTelling } from '../verify-request.ts';

const scheme: SignatureScheme = {
  header: 'persona-signature',
  format: fields(',', 't'),
  versions: { v1: hmacSha256Hex },
  signed: '{timestamp}.{body}',
};

/** One for each active secret; there are two of them while one is being rotated. */
const maxSets = 4;

/** A blank stands between whole sets of a time and a signature, each made with a secret of its own. */
const check: Check = (request, keys, { tolerance, now }) => {
  const sets = (request.headers.get(scheme.header) ?? '').split(' ').filter((set) => set !== '');
  if (sets.length > maxSets) return refusedFor('malformed-header');
  const results = sets.map((set) => {
    const headers = new Map([...request.headers, [scheme.header, set] as const]);
    return verify(scheme, { ...request, headers }, keys, tolerance, now);
  });
  return mostTelling(results);
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

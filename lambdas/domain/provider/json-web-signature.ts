import type { KeyObject } from 'node:crypto';
import { compactVerify } from 'jose';
import { parseJsonBody } from './payload.ts';

const compact = /^[A-Za-z0-9_-]{2,2000}\.[A-Za-z0-9_-]{2,16000}\.[A-Za-z0-9_-]{1,2000}$/;

/** Returns the protected header of a token that is not verified yet. It must not be trusted. */
export function unverifiedHeader(token: string): unknown {
  if (!compact.test(token)) return undefined;
  return parseJsonBody(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8'));
}

/**
 * Verifies a token and returns its claims.
 *
 * Ignores keys in the token itself (`jwk`, `jku`, `x5u`, `x5c`).
 *
 * @param algorithms the algorithms that this key may be used with; the token's header cannot add any
 * @returns undefined when the token is not signed with this key
 * @see https://www.rfc-editor.org/rfc/rfc8725
 */
export async function verifiedClaims(
  token: string,
  key: KeyObject,
  algorithms: readonly string[],
): Promise<unknown> {
  if (!compact.test(token)) return undefined;
  try {
    const { payload } = await compactVerify(token, key, { algorithms: [...algorithms] });
    return parseJsonBody(Buffer.from(payload).toString('utf8'));
  } catch {
    return undefined;
  }
}

import { fieldName } from './issue-text.ts';
import { bodyHash } from './provider/body-hash.ts';

/** The object in the bucket does not match the hash in its key: something else has overwritten it. */
export class AlteredBodyError extends Error {
  override name = 'AlteredBodyError' as const;
}

/** Reads an object; undefined when it does not exist. */
export type GetObject = (key: string) => Promise<Uint8Array | undefined>;

/**
 * Reads a body by a key whose last part is the body's hash.
 *
 * @param key from a message or a record
 * @param prefix everything before the hash, which the key must have
 * @returns undefined when the object has expired
 * @throws AlteredBodyError when the key has another prefix, or the bytes another hash
 */
export async function readStored(
  key: string,
  prefix: string,
  get: GetObject,
): Promise<Uint8Array | undefined> {
  const hash = key.startsWith(prefix) ? key.slice(prefix.length) : '';
  if (!/^[0-9a-f]{64}$/.test(hash))
    throw new AlteredBodyError(
      `its body's key must begin with ${fieldName(prefix)} and end with a hash: ${fieldName(key)}`,
    );
  const body = await get(key);
  if (body === undefined || bodyHash(body) === hash) return body;
  throw new AlteredBodyError(`its body in the bucket is not the one that was stored as ${key}`);
}

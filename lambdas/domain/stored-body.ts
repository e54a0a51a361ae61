import { bodyHash } from './provider/body-hash.ts';

/** What stands in the bucket is not what its key names: it was written by another hand. */
export class AlteredBodyError extends Error {
  override name = 'AlteredBodyError' as const;
}

/** Reads an object; undefined when it does not exist. */
export type GetObject = (key: string) => Promise<Uint8Array | undefined>;

/**
 * Reads a body by a key whose last part is the body's hash.
 *
 * @param key as a message or a record has it
 * @param prefix where it has to be, up to the hash
 * @returns undefined when it is not there any more
 * @throws AlteredBodyError when the key leads elsewhere, or to other bytes
 */
export async function readStored(
  key: string,
  prefix: string,
  get: GetObject,
): Promise<Uint8Array | undefined> {
  const hash = key.startsWith(prefix) ? key.slice(prefix.length) : '';
  if (!/^[0-9a-f]{64}$/.test(hash))
    throw new AlteredBodyError(`its body is not looked for outside of ${prefix}: ${JSON.stringify(key)}`);
  const body = await get(key);
  if (body === undefined || bodyHash(body) === hash) return body;
  throw new AlteredBodyError(`its body in the bucket is not the one that was stored as ${key}`);
}

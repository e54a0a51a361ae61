import { createHash } from 'node:crypto';
import { sliceJsonValue } from './json-slices.ts';

/** The SHA-256 of a body in hex: the id of an event that has none. */
export const bodyHash = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex');

/**
 * The SHA-256 of a JSON body without the values of some members.
 *
 * @param names members at the top level, all of which the body has
 * @param body the bytes of a JSON object
 */
export function bodyHashWithout(names: readonly string[], body: Uint8Array): string {
  const cuts = names
    .map((name) => sliceJsonValue(body, name))
    .map(({ byteOffset, byteLength }) => [byteOffset - body.byteOffset, byteLength] as const)
    .sort(([a], [b]) => a - b);
  const hash = createHash('sha256');
  let from = 0;
  for (const [at, length] of cuts) {
    hash.update(body.subarray(from, at));
    from = at + length;
  }
  return hash.update(body.subarray(from)).digest('hex');
}

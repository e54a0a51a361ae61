import { createHash } from 'node:crypto';
import { sliceJsonValue } from './json-slices.ts';

/** The hash that names an event without an id of its own. */
export const bodyHash = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex');

/**
 * The same, without the values of some members.
 *
 * @param names members that the body has, at its top level
 * @param body bytes that are known to be a JSON object
 */
export function bodyHashWithout(names: readonly string[], body: Uint8Array): string {
  const cuts = names
    .map((name) => sliceJsonValue(body, name))
    .map(({ byteOffset, byteLength }) => [byteOffset - body.byteOffset, byteLength] as const)
    .sort(([one], [other]) => one - other);
  const hash = createHash('sha256');
  let from = 0;
  for (const [at, length] of cuts) {
    hash.update(body.subarray(from, at));
    from = at + length;
  }
  return hash.update(body.subarray(from)).digest('hex');
}

import { timingSafeEqual } from 'node:crypto';

/** Compares in constant time, for equal and unequal lengths alike. */
export function equalBytes(expected: Uint8Array, received: Uint8Array): boolean {
  if (expected.byteLength === received.byteLength) return timingSafeEqual(expected, received);
  timingSafeEqual(expected, expected);
  return false;
}

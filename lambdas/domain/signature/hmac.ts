import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** A shared key. It is a `KeyObject` because `createHmac` copies and checks a key of bytes in each call. */
export interface HmacKey {
  readonly kind: 'hmac';
  readonly secretKey: KeyObject;
  /** Other keys in the same secret: a signature by any of them counts. */
  readonly alternatives?: readonly KeyObject[];
  /** The verify token of the provider's handshake. */
  readonly verifyToken?: string;
}

/** Makes a shared key. @param key its bytes, or a text that stands for its UTF-8 */
export const hmacKey = (key: Uint8Array | string): HmacKey => ({
  kind: 'hmac',
  secretKey: createSecretKey(Buffer.from(key)),
});

/** All keys of a secret: a signature by any of them counts. */
export const keysOf = ({ secretKey, alternatives = [] }: HmacKey): readonly KeyObject[] => [
  secretKey,
  ...alternatives,
];

/** Computes the HMAC of parts in their order. Texts count as UTF-8. */
export function hmac(hash: string, key: KeyObject, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const mac = createHmac(hash, key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

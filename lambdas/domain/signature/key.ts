import { createPublicKey, type KeyObject } from 'node:crypto';
import { decodeStrictly } from './encoding.ts';

/** A key of one kind never verifies a signature of another. */
export type VerificationKey =
  | { readonly kind: 'hmac'; readonly bytes: Uint8Array }
  | { readonly kind: 'ed25519'; readonly publicKey: KeyObject };

/** How a provider's dashboard shows its secret. */
export type SecretFormat = 'text' | 'standard-webhooks';

/** Standard Webhooks asks for 24 to 64 bytes; a shorter key is a mistake, a longer one hurts nobody. */
const minStandardSecretBytes = 24;

/** The DER in front of a raw Ed25519 public key. @see https://www.rfc-editor.org/rfc/rfc8410 */
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');
const ed25519KeyBytes = 32;

/**
 * Reads one secret in the provider's own format.
 *
 * White space around it is a slip of copying. Missing, empty, `unset` and what does not decode is never a key.
 */
export function parseKey(text: string, format: SecretFormat): VerificationKey | undefined {
  const secret = text.trim();
  if (secret === '' || secret.toLowerCase() === 'unset') return undefined;
  switch (format) {
    case 'text':
      return { kind: 'hmac', bytes: Buffer.from(secret, 'utf8') };
    case 'standard-webhooks':
      return secret.startsWith('whpk_') ? publicKey(secret.slice(5)) : sharedKey(secret);
  }
}

/** `whsk_` is the sender's private key and does not belong here; it fails to decode, since `_` is not base64. */
function sharedKey(secret: string): VerificationKey | undefined {
  const bytes = decodeStrictly(secret.replace(/^whsec_/, ''), 'base64');
  return bytes && bytes.length >= minStandardSecretBytes ? { kind: 'hmac', bytes } : undefined;
}

function publicKey(encoded: string): VerificationKey | undefined {
  const raw = decodeStrictly(encoded, 'base64');
  if (raw?.length !== ed25519KeyBytes) return undefined;
  const der = Buffer.concat([ed25519Prefix, raw]);
  return { kind: 'ed25519', publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

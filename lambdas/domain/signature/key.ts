import { createPublicKey, type KeyObject, type PublicKeyInput } from 'node:crypto';
import { decodeStrictly } from './encoding.ts';

/** A key of one kind never verifies a signature of another. */
export type VerificationKey =
  | {
      readonly kind: 'hmac';
      readonly bytes: Uint8Array /** Of the provider's handshake. */;
      readonly verifyToken?: string;
    }
  | { readonly kind: 'ed25519' | 'ecdsa-p256' | 'public-key'; readonly publicKey: KeyObject }
  /** A secret that is sent as it is. */
  | { readonly kind: 'token'; readonly bytes: Uint8Array }
  /** Several fields, or facts that a signature is bound to; for a check of the provider's own. */
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, string>> };

/**
 * How a provider's dashboard shows its secret.
 *
 * - `text`: used as it is; `base64`: decoded
 * - `standard-webhooks`: `whsec_…` with or without its prefix, or a public key `whpk_…`; `whsec`: only `whsec_…`
 * - `token`: sent as it is; `basic`: `user:password`
 * - `token-or-whsec`: a signing token where it begins with `whsec_`, else a token that is sent as it is
 * - `ed25519`: a public key of 32 bytes in hex, in base64, or as PEM
 */
export type SecretFormat = NamedFormat | OwnFormat;

/** A format that only one provider has. */
export interface OwnFormat {
  /** What a value in it is called, e.g. `public key in hex (64 digits)`. */
  readonly called: string;
  /** @returns undefined when the text is not in it */
  readonly parse: (secret: string) => VerificationKey | undefined;
}

type NamedFormat =
  | 'text'
  | 'base64'
  | 'standard-webhooks'
  | 'whsec'
  | 'token'
  | 'basic'
  | 'token-or-whsec'
  | 'ed25519';

/** Standard Webhooks asks for 24 to 64 bytes; a shorter key is a mistake, a longer one hurts nobody. */
const minStandardSecretBytes = 24;

/** The DER in front of a raw Ed25519 public key. @see https://www.rfc-editor.org/rfc/rfc8410 */
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');
const ed25519KeyBytes = 32;

/**
 * Reads one secret in the provider's own format.
 *
 * White space around it is a slip of copying. Missing, empty, a placeholder and what does not decode is never a key.
 */
export function parseKey(text: string, format: SecretFormat): VerificationKey | undefined {
  const secret = text.trim();
  if (secret === '' || neverSecrets.has(secret) || placeholder.test(secret)) return undefined;
  return typeof format === 'object' ? format.parse(secret) : parsers[format](secret);
}

/** What stands where a secret is still to come. */
const placeholder = /^(?:unset$|\{\s*"awaitHandshakeUntil")/i;

/** Zendesk signs tests of an unsaved webhook with this, which everybody knows. */
const neverSecrets: ReadonlySet<string> = new Set(['dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==']);

const parsers: Readonly<Record<NamedFormat, (secret: string) => VerificationKey | undefined>> = {
  text: (secret) => hmacKey(Buffer.from(secret, 'utf8')),
  base64: (secret) => hmacKey(decodeStrictly(secret, 'base64')),
  'standard-webhooks': (secret) =>
    secret.startsWith('whpk_') ? ed25519Key(decodeStrictly(secret.slice(5), 'base64')) : sharedKey(secret),
  whsec: (secret) => (secret.startsWith('whsec_') ? sharedKey(secret) : undefined),
  token,
  basic: (secret) => (/^[^:]+:./su.test(secret) ? token(secret) : undefined),
  'token-or-whsec': (secret) => (secret.startsWith('whsec_') ? sharedKey(secret) : token(secret)),
  ed25519: (secret) =>
    secret.startsWith('-----')
      ? ed25519FromPem(secret)
      : ed25519Key(decodeStrictly(secret, secret.length === 64 ? 'hex' : 'base64')),
};

function token(secret: string): VerificationKey {
  return { kind: 'token', bytes: Buffer.from(secret, 'utf8') };
}

const hmacKey = (bytes: Uint8Array | undefined): VerificationKey | undefined =>
  bytes && { kind: 'hmac', bytes };

/** `whsk_` is the sender's private key and does not belong here; it fails to decode, since `_` is not base64. */
function sharedKey(secret: string): VerificationKey | undefined {
  const bytes = decodeStrictly(secret.replace(/^whsec_/, ''), 'base64');
  return bytes && bytes.length >= minStandardSecretBytes ? { kind: 'hmac', bytes } : undefined;
}

function ed25519Key(raw: Uint8Array | undefined): VerificationKey | undefined {
  if (raw?.length !== ed25519KeyBytes) return undefined;
  const der = Buffer.concat([ed25519Prefix, raw]);
  return { kind: 'ed25519', publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

function ed25519FromPem(pem: string): VerificationKey | undefined {
  const publicKey = publicKeyFrom({ key: pem, format: 'pem' });
  return publicKey?.asymmetricKeyType === 'ed25519' ? { kind: 'ed25519', publicKey } : undefined;
}

/** @returns undefined for what is no public key; a private one is a mistake, and refused */
export function publicKeyFrom(input: PublicKeyInput): KeyObject | undefined {
  if (typeof input.key === 'string' && !input.key.startsWith('-----BEGIN PUBLIC KEY-----')) return undefined;
  try {
    return createPublicKey(input);
  } catch {
    return undefined;
  }
}

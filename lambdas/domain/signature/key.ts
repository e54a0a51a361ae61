import { createPublicKey, type KeyObject, type PublicKeyInput } from 'node:crypto';
import { asymmetricBytes, asymmetricText } from './asymmetric-text.ts';
import { decodeStrictly } from './encoding.ts';
import { type HmacKey, hmacKey } from './hmac.ts';
import { type Mistake, mistakeIn, slipIn } from './mistaken-secret.ts';
import { isWeakKey } from './weak-key.ts';

/** A key to verify with. A key of one kind never verifies a signature of another kind. */
export type VerificationKey =
  | HmacKey
  | { readonly kind: 'ed25519' | 'ecdsa-p256' | 'public-key'; readonly publicKey: KeyObject }
  /** A secret that the request itself contains. */
  | { readonly kind: 'token'; readonly bytes: Uint8Array }
  /** Several fields, or facts that a signature is bound to; only for a provider's own `Check`. */
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, string>> };

/**
 * How a provider's dashboard shows its secret.
 *
 * - `text`: the key's bytes in UTF-8; `base64`: the decoded bytes
 * - `standard-webhooks`: `whsec_…` with or without its prefix, also as `v1,whsec_…`, a public key `whpk_…`, or the text
 *   `polar_whs_…`; `whsec`: only `whsec_…`
 * - `token`: contained in the request; `basic`: `user:password`
 * - `token-or-whsec`: a signing key if it begins with `whsec_`, else a token
 * - `ed25519`: a public key of 32 bytes in hex, in base64, or as PEM
 */
export type SecretFormat = NamedFormat | OwnFormat;

/** A format that only one provider has. */
export interface OwnFormat {
  /** The name of such a value, e.g. `public key in hex (64 digits)`. */
  readonly called: string;
  /** @returns undefined when the text is not in this format */
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

/** Standard Webhooks requires 24 to 64 bytes. A shorter key is refused; a longer one is harmless. */
const minStandardSecretBytes = 24;

/** The DER in front of a raw Ed25519 public key. @see https://www.rfc-editor.org/rfc/rfc8410 */
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');
const ed25519KeyBytes = 32;

/** A key, or the kind of mistake if it is recognised. */
export type KeyReading =
  | { readonly key: VerificationKey; readonly mistake?: undefined }
  | { readonly key?: undefined; readonly mistake: Mistake | undefined };

/** Reads one secret in the provider's format. @returns undefined when it is not a key in it; `readKey` says why */
export const parseKey = (text: string, format: SecretFormat): VerificationKey | undefined =>
  readKey(text, format).key;

/**
 * Reads one secret in the provider's format, or says what was given in its place.
 *
 * Ignores white space around it. Never accepts an empty text, a placeholder, or a text that does not decode; nor half
 * of a key pair as a shared secret, whether as the whole text or as one of its fields.
 */
export function readKey(text: string, format: SecretFormat): KeyReading {
  const secret = text.trim();
  const slip = slipIn(secret);
  if (slip !== undefined) return { mistake: slip };
  const key = typeof format === 'object' ? format.parse(secret) : parsers[format](secret);
  if (key === undefined) return { mistake: mistakeIn(secret) };
  const mistake = mistakeOf(key, format) ?? ('publicKey' in key ? undefined : asymmetricText(secret));
  return mistake === undefined ? { key } : { mistake };
}

/** Checks a parsed key and each of its fields, so that no parser needs to do it. */
function mistakeOf(key: VerificationKey, format: SecretFormat): Mistake | undefined {
  if ('publicKey' in key) return isWeakKey(key.publicKey) ? 'weak-key' : undefined;
  if (key.kind === 'fields') return firstMistake(Object.values(key.fields));
  if (key.kind === 'token') return firstMistake(tokenParts(Buffer.from(key.bytes).toString('utf8'), format));
  const bytes = key.secretKey.export();
  const half = asymmetricBytes(bytes);
  if (half !== undefined) return half;
  const texts = isReadable(bytes) && !isBlankKey(bytes, format) ? [bytes.toString('utf8')] : [];
  return firstMistake([...texts, ...(key.verifyToken === undefined ? [] : [key.verifyToken])]);
}

const firstMistake = (texts: readonly string[]): Mistake | undefined =>
  texts.map((text) => mistakeIn(text)).find((mistake) => mistake !== undefined);

/** The parts of a token to check: user and password separately, because either may be a placeholder. */
function tokenParts(token: string, format: SecretFormat): string[] {
  const at = token.indexOf(':');
  return format === 'basic' ? [token.slice(0, at), token.slice(at + 1), token] : [token];
}

/** Whether a decoded key consists of white space only: valid bytes, though not a text to check. */
const isBlankKey = (bytes: Buffer, format: SecretFormat): boolean =>
  ['standard-webhooks', 'whsec', 'token-or-whsec'].some((decoded) => decoded === format) &&
  /^\s+$/.test(bytes.toString('latin1'));

/** Whether a key may be a text: it is short, or valid UTF-8 without control characters. */
const isReadable = (bytes: Buffer): boolean =>
  bytes.length < 16 || !/[^\P{Cc}\s]|\ufffd/u.test(bytes.toString('utf8'));

const parsers: Readonly<Record<NamedFormat, (secret: string) => VerificationKey | undefined>> = {
  text: (secret) => hmacKey(secret),
  base64: base64Key,
  'standard-webhooks': standardKey,
  whsec: (secret) => (secret.startsWith('whsec_') ? sharedKey(secret) : undefined),
  token,
  basic: (secret) => (/^[^:]+:./su.test(secret) ? token(secret) : undefined),
  'token-or-whsec': (secret) => (secret.startsWith('whsec_') ? sharedKey(secret) : token(secret)),
  ed25519: (secret) =>
    secret.startsWith('-----')
      ? ed25519FromPem(secret)
      : ed25519Key(decodeStrictly(secret, secret.length === 64 ? 'hex' : 'base64')),
};

/** Reads `whsec_…` and `whpk_…`. Supabase shows `v1,whsec_…`; Polar's keys are texts that are not decoded. */
function standardKey(shown: string): VerificationKey | undefined {
  const secret = shown.replace(/^v1a?,(?=wh(?:sec|pk)_)/, '');
  if (secret.startsWith('whpk_')) return ed25519Key(decodeStrictly(secret.slice(5), 'base64'));
  return /^polar_whs_.{16,}$/.test(secret) ? hmacKey(secret) : sharedKey(secret);
}

function token(secret: string): VerificationKey {
  return { kind: 'token', bytes: Buffer.from(secret, 'utf8') };
}

function base64Key(secret: string): VerificationKey | undefined {
  const bytes = decodeStrictly(secret, 'base64');
  return bytes && hmacKey(bytes);
}

/** Refuses `whsk_…`, the sender's private key: it fails to decode, because `_` is not base64. */
function sharedKey(secret: string): VerificationKey | undefined {
  const bytes = decodeStrictly(secret.replace(/^whsec_/, ''), 'base64');
  return bytes && bytes.length >= minStandardSecretBytes ? hmacKey(bytes) : undefined;
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

/** @returns undefined unless the input is a single public key; a private key is refused */
export function publicKeyFrom(input: PublicKeyInput): KeyObject | undefined {
  if (typeof input.key === 'string' && !onePublicKey.test(input.key)) return undefined;
  try {
    return createPublicKey(input);
  } catch {
    return undefined;
  }
}

/** Exactly one PEM block, because `createPublicKey` ignores further ones. */
const onePublicKey = /^-----BEGIN PUBLIC KEY-----(?![\s\S]*-----BEGIN)/;

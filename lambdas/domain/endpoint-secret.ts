import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { EndpointId, TenantId } from './ids.ts';
import { type MasterKey, openText, type Place, type SealedText, sealText } from './sealed-text.ts';
import { decodeStrictly } from './signature/encoding.ts';
import { later, type Seconds, type UnixMillis } from './time.ts';

/** `v1`: HMAC-SHA256 with a shared secret. `v1a`: Ed25519, where the receiver has the public key only. */
export const secretKinds = ['v1', 'v1a'] as const;
export type SecretKind = (typeof secretKinds)[number];

/** A secret as stored in the table. */
export interface SealedSecret extends SealedText {
  readonly kind: SecretKind;
  readonly createdAt: UnixMillis;
  /** When it stops signing; absent for the current secret. */
  readonly endsAt?: UnixMillis;
}

/** A key that signs. */
export type SigningKey =
  | { readonly kind: 'v1'; readonly secretKey: KeyObject }
  | { readonly kind: 'v1a'; readonly privateKey: KeyObject };

const secretBytes = 32;
/** The DER around a raw Ed25519 seed. @see https://www.rfc-editor.org/rfc/rfc8410 */
const seedPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Makes a new secret in the form that users see: `whsec_…`, or `whsk_…` for Ed25519. */
export function generateSecret(kind: SecretKind): string {
  if (kind === 'v1') return `whsec_${randomBytes(secretBytes).toString('base64')}`;
  const der = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
  return `whsk_${der.subarray(seedPrefix.length).toString('base64')}`;
}

/**
 * Reads a secret in the form that users see.
 *
 * @returns undefined unless the text is `whsec_` and base64 of 24 to 64 bytes, or `whsk_` and base64 of an Ed25519 seed
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */
export function parseSecret(text: string): SigningKey | undefined {
  const bytes = decodeStrictly(text.slice(text.indexOf('_') + 1), 'base64');
  if (bytes === undefined) return undefined;
  if (text.startsWith('whsec_')) {
    return bytes.length >= 24 && bytes.length <= 64
      ? { kind: 'v1', secretKey: createSecretKey(bytes) }
      : undefined;
  }
  if (!text.startsWith('whsk_')) return undefined;
  // Some libraries append the public half.
  const seed = bytes.length === 64 ? bytes.subarray(0, 32) : bytes;
  if (seed.length !== 32) return undefined;
  const der = Buffer.concat([seedPrefix, seed]);
  return { kind: 'v1a', privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) };
}

/** Returns what the receiver needs to verify: the secret itself, or the public key `whpk_…`. */
export function verifierOf(secret: string): string {
  const key = parseSecret(secret);
  if (key?.kind !== 'v1a') return secret;
  const der = createPublicKey(key.privateKey).export({ format: 'der', type: 'spki' });
  return `whpk_${der.subarray(-32).toString('base64')}`;
}

interface Owner {
  readonly tenant: TenantId;
  readonly id: EndpointId;
}

/** Binds a secret to its endpoint: in the item of another one it cannot be opened. */
const placeOf = ({ tenant, id }: Owner): Place => [tenant, id];

/** Seals a secret for its endpoint. */
export const seal = (secret: string, master: MasterKey, owner: Owner, at: UnixMillis): SealedSecret => ({
  kind: secret.startsWith('whsk_') ? 'v1a' : 'v1',
  ...sealText(secret, master, placeOf(owner)),
  createdAt: at,
});

/**
 * Opens a sealed secret.
 *
 * @throws Error when it was sealed under another master key, for another endpoint, or was changed
 */
export const unseal = (sealed: SealedSecret, master: MasterKey, owner: Owner): string =>
  openText(sealed, master, placeOf(owner));

/** Returns the secrets that sign now, the current one first. */
export const liveSecrets = (secrets: readonly SealedSecret[], now: UnixMillis): readonly SealedSecret[] =>
  secrets.filter(({ endsAt }) => endsAt === undefined || endsAt > now);

/** Puts a new secret first. Earlier ones sign until the overlap is over, or until their own end if that comes first. */
export function rotated(
  secrets: readonly SealedSecret[],
  next: SealedSecret,
  overlap: Seconds,
  now: UnixMillis,
): readonly SealedSecret[] {
  const end = later(now, overlap);
  const earlier = secrets.map((secret) => ({ ...secret, endsAt: earliest(secret.endsAt ?? end, end) }));
  return [next, ...liveSecrets(earlier, now)];
}

const earliest = (one: UnixMillis, other: UnixMillis): UnixMillis => (one < other ? one : other);

/** The most secrets that sign at once, since each adds a signature to every request. */
export const maxSecrets = 4;

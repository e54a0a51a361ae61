import { verify as verifyWithPublicKey } from 'node:crypto';
import type { BodyLimit } from '../provider/body-limits.ts';
import type { RawRequest } from '../raw-request.ts';
import { type Seconds, seconds, toUnixSeconds, type UnixMillis } from '../time.ts';
import { decodeStrictly } from './encoding.ts';
import { equalBytes } from './equal-bytes.ts';
import { hmac, keysOf } from './hmac.ts';
import type { VerificationKey } from './key.ts';
import { readSignature, type VersionedSignature } from './read-signature.ts';
import type { Algorithm, SignatureScheme } from './scheme.ts';
import { signedContent } from './signed-content.ts';

/** Why a request was refused. Goes into the log, never into the response. */
export type RefusalReason =
  | 'missing-header'
  | 'malformed-header'
  /** The signature is in the body, and malformed. */
  | 'malformed-body'
  /** The body must be parsed before its signature is checked, and is too large for that. */
  | BodyLimit
  | 'mismatch'
  /** The signature is valid, but for another topic, webhook or environment. */
  | 'wrong-recipient'
  /** The key or certificate is not one of the provider's. */
  | 'untrusted-key'
  /** The once-only token was used before with another body. */
  | 'reused-token'
  | 'too-old'
  | 'too-new'
  | 'malformed-timestamp';

/** The result of verifying one request. */
export type Verification =
  /** `signedAt`: the signed timestamp, if the provider signs one. */
  | { readonly ok: true; readonly family: string; readonly signedAt?: UnixMillis }
  | { readonly ok: false; readonly reason: RefusalReason };

/**
 * Verifies that a request was signed recently with one of the source's keys.
 *
 * Never throws on hostile input. Compares bytes, never parsed JSON, and in constant time. Checks the timestamp only
 * after the signature.
 *
 * @param keys one match is enough, for rotation
 * @param tolerance the largest difference between the signed timestamp and now, in either direction
 */
export function verify(
  scheme: SignatureScheme,
  request: RawRequest,
  keys: readonly VerificationKey[],
  tolerance: Seconds,
  now: UnixMillis,
): Verification {
  const claim = readSignature(scheme, request.headers);
  if (typeof claim === 'string') return { ok: false, reason: claim };
  const content = signedContent(scheme.signed, claim, request);
  // Every key is tried, so that the time taken does not reveal which one matched.
  const matching = keys.filter((key) => matchesAny(key, claim.signatures, scheme.versions, content));
  if (matching.length === 0) return { ok: false, reason: 'mismatch' };
  const aheadAtMost = seconds(Math.min(tolerance, scheme.aheadAtMost ?? tolerance));
  const late =
    claim.signedAt === undefined ? undefined : judgeTime(claim.signedAt, tolerance, now, aheadAtMost);
  if (late !== undefined) return { ok: false, reason: late };
  return { ok: true, family: claim.family, signedAt: claim.signedAt };
}

/** Checks a signing time. @returns undefined when it is within the tolerance */
export function judgeTime(
  signedAt: UnixMillis,
  tolerance: Seconds,
  now: UnixMillis,
  aheadAtMost = tolerance,
): 'too-old' | 'too-new' | undefined {
  const age = toUnixSeconds(now) - toUnixSeconds(signedAt);
  if (age > tolerance) return 'too-old';
  return age < -aheadAtMost ? 'too-new' : undefined;
}

function matchesAny(
  key: VerificationKey,
  signatures: readonly VersionedSignature[],
  versions: SignatureScheme['versions'],
  content: readonly Uint8Array[],
): boolean {
  return Object.entries(versions).some(([version, algorithm]) => {
    const decoded = signatures
      .filter((signature) => signature.version === version)
      .map(({ text }) => decodeStrictly(text, algorithm.encoding))
      .filter((signature) => signature !== undefined);
    return decoded.length > 0 && matches(key, algorithm, decoded, content);
  });
}

function matches(
  key: VerificationKey,
  algorithm: Algorithm,
  signatures: readonly Uint8Array[],
  content: readonly Uint8Array[],
): boolean {
  if (algorithm.key === 'hmac' && key.kind === 'hmac') {
    const matching = keysOf(key).flatMap((one) => {
      const expected = hmac(algorithm.hash, one, ...content);
      return signatures.filter((signature) => equalBytes(expected, signature));
    });
    return matching.length > 0;
  }
  if (algorithm.key === 'token' && key.kind === 'token') {
    return signatures.filter((sent) => equalBytes(key.bytes, sent)).length > 0;
  }
  if (algorithm.key === 'ed25519' && key.kind === 'ed25519') {
    const signed = Buffer.concat(content);
    return affordable(signatures, signed).some((signature) =>
      verifyWithPublicKey(null, signed, key.publicKey, signature),
    );
  }
  if (algorithm.key === 'ecdsa-p256' && key.kind === 'ecdsa-p256') {
    const signed = Buffer.concat(content);
    return affordable(signatures, signed).some((signature) =>
      verifyWithPublicKey('sha256', signed, key.publicKey, signature),
    );
  }
  return false;
}

/** The most bytes that one request may make us hash. A public key hashes the body again for each signature. */
const maxHashedBytes = 16 * 1024 * 1024;

const affordable = (signatures: readonly Uint8Array[], signed: Uint8Array): readonly Uint8Array[] =>
  signatures.slice(0, Math.max(1, Math.floor(maxHashedBytes / signed.length)));

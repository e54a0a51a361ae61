import type { RawRequest } from '../raw-request.ts';
import { readInstant } from '../signature/instant.ts';
import type { VerificationKey } from '../signature/key.ts';
import type { SignatureScheme } from '../signature/scheme.ts';
import { judgeTime, type RefusalReason, type Verification, verify } from '../signature/verify.ts';
import { seconds } from '../time.ts';
import type { CheckContext } from './check.ts';
import { parsePayload } from './payload.ts';
import { propertyAt } from './property.ts';
import type { Provider } from './provider.ts';

/** From the most to the least specific reason. `mismatch` makes the receiver read the secret again. */
const mostSpecificFirst: readonly RefusalReason[] = ['too-old', 'too-new', 'mismatch', 'malformed-header'];

/**
 * Verifies a request as its provider signs. A key of one kind counts only in a scheme of that kind.
 *
 * @param keys one match is enough, for rotation
 * @throws only when a key server cannot be reached
 */
export async function verifyRequest(
  provider: Provider,
  request: RawRequest,
  keys: readonly VerificationKey[],
  context: CheckContext,
): Promise<Verification> {
  const { signature, otherSignatures = [] } = provider;
  if (typeof signature === 'function') return signature(request, keys, context);
  const verification = verifyByAny([signature, ...otherSignatures], request, keys, context);
  const isTimed = verification.ok && provider.bodyTimestamp !== undefined;
  return isTimed ? withBodyTime(verification, provider, request, context) : verification;
}

/** Accepts a request if one of the schemes does; otherwise refuses it with the most specific reason. */
function verifyByAny(
  schemes: readonly SignatureScheme[],
  request: RawRequest,
  keys: readonly VerificationKey[],
  { tolerance, now }: Pick<CheckContext, 'tolerance' | 'now'>,
): Verification {
  return mostSpecific(schemes.map((scheme) => verify(scheme, request, keys, tolerance, now)));
}

/** @returns the first acceptance, else the refusal with the most specific reason */
export function mostSpecific(results: readonly Verification[]): Verification {
  const accepted = results.find(({ ok }) => ok);
  if (accepted !== undefined) return accepted;
  const reasons = results.map((result) => (result.ok ? undefined : result.reason));
  return {
    ok: false,
    reason: mostSpecificFirst.find((specific) => reasons.includes(specific)) ?? 'missing-header',
  };
}

/** Checks the timestamp of a provider that has it in the body. */
function withBodyTime(
  verification: Extract<Verification, { ok: true }>,
  { body, bodyTimestamp = '', bodyAheadAtMost }: Provider,
  request: RawRequest,
  { tolerance, now }: Pick<CheckContext, 'tolerance' | 'now'>,
): Verification {
  const value = propertyAt(parsePayload(request.body, body), bodyTimestamp);
  const signedAt = typeof value === 'number' ? readInstant(String(value), 'milliseconds') : undefined;
  if (signedAt === undefined) return { ok: false, reason: 'malformed-timestamp' };
  const aheadAtMost = seconds(Math.min(tolerance, bodyAheadAtMost ?? tolerance));
  const reason = judgeTime(signedAt, tolerance, now, aheadAtMost);
  return reason === undefined ? { ...verification, signedAt } : { ok: false, reason };
}

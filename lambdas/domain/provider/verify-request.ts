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

/** The more a reason tells, the further the request came; `mismatch` makes the receiver read the secret again. */
const tellingFirst: readonly RefusalReason[] = ['too-old', 'too-new', 'mismatch', 'malformed-header'];

/**
 * Checks a request as its provider signs; a key of one kind counts only in a scheme of that kind.
 *
 * @param keys any match accepts (rotation)
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
  return verification.ok ? (judgeBodyTime(provider, request, context) ?? verification) : verification;
}

/** Accepts what one of the schemes accepts, and refuses with the most telling of their reasons. */
function verifyByAny(
  schemes: readonly SignatureScheme[],
  request: RawRequest,
  keys: readonly VerificationKey[],
  { tolerance, now }: Pick<CheckContext, 'tolerance' | 'now'>,
): Verification {
  return mostTelling(schemes.map((scheme) => verify(scheme, request, keys, tolerance, now)));
}

/** @returns the first acceptance, else the refusal that came furthest */
export function mostTelling(results: readonly Verification[]): Verification {
  const accepted = results.find(({ ok }) => ok);
  if (accepted !== undefined) return accepted;
  const reasons = results.map((result) => (result.ok ? undefined : result.reason));
  return { ok: false, reason: tellingFirst.find((telling) => reasons.includes(telling)) ?? 'missing-header' };
}

/** @returns a refusal when the provider writes its timestamp into the body and that one is not near now */
function judgeBodyTime(
  { body, bodyTimestamp, bodyAheadAtMost }: Provider,
  request: RawRequest,
  { tolerance, now }: Pick<CheckContext, 'tolerance' | 'now'>,
): Verification | undefined {
  if (bodyTimestamp === undefined) return undefined;
  const payload = parsePayload(request.body, body);
  const value = propertyAt(payload, bodyTimestamp);
  const signedAt = typeof value === 'number' ? readInstant(String(value), 'milliseconds') : undefined;
  const aheadAtMost = seconds(Math.min(tolerance, bodyAheadAtMost ?? tolerance));
  const reason =
    signedAt === undefined ? 'malformed-timestamp' : judgeTime(signedAt, tolerance, now, aheadAtMost);
  return reason && { ok: false, reason };
}

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
  return verification.ok ? (judgeBodyTime(provider, request, context) ?? verification) : verification;
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

/** Checks the timestamp of a provider that has it in the body. @returns a refusal when it is not near now */
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

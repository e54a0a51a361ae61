import type { RawRequest } from '../raw-request.ts';
import { readInstant } from '../signature/instant.ts';
import type { VerificationKey } from '../signature/key.ts';
import { judgeTime, type RefusalReason, type Verification, verify } from '../signature/verify.ts';
import type { Seconds, UnixMillis } from '../time.ts';
import { parsePayload } from './payload.ts';
import { propertyAt } from './property.ts';
import type { Provider } from './provider.ts';

/** The more a reason tells, the further the request came; `mismatch` makes the receiver read the secret again. */
const tellingFirst: readonly RefusalReason[] = ['too-old', 'too-new', 'mismatch', 'malformed-header'];

/**
 * Checks a request by every scheme of its provider; a key of one kind counts only in a scheme of that kind.
 *
 * @param keys any match accepts (rotation)
 * @param tolerance allowed difference between the signed timestamp and now, both ways
 */
export function verifyRequest(
  provider: Provider,
  request: RawRequest,
  keys: readonly VerificationKey[],
  tolerance: Seconds,
  now: UnixMillis,
): Verification {
  const schemes = [provider.signature, ...(provider.otherSignatures ?? [])];
  const results = schemes.map((scheme) => verify(scheme, request, keys, tolerance, now));
  const accepted = results.find(({ ok }) => ok);
  if (accepted !== undefined) return judgeBodyTime(provider, request, tolerance, now) ?? accepted;
  const reasons = results.map((result) => (result.ok ? undefined : result.reason));
  const reason = tellingFirst.find((telling) => reasons.includes(telling)) ?? 'missing-header';
  return { ok: false, reason };
}

/** @returns a refusal when the provider writes its timestamp into the body and that one is not near now */
function judgeBodyTime(
  { body, bodyTimestamp }: Provider,
  request: RawRequest,
  tolerance: Seconds,
  now: UnixMillis,
): Verification | undefined {
  if (bodyTimestamp === undefined) return undefined;
  const payload = parsePayload(request.body, body, request.headers.get('content-type'));
  const value = propertyAt(payload, bodyTimestamp);
  const signedAt = typeof value === 'number' ? readInstant(String(value), 'milliseconds') : undefined;
  const reason = signedAt === undefined ? 'malformed-timestamp' : judgeTime(signedAt, tolerance, now);
  return reason && { ok: false, reason };
}

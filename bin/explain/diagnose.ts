import { isAllowedAddress } from '../../lambdas/domain/ip-range.ts';
import type { ProviderCalls } from '../../lambdas/domain/provider/check.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import { verifyRequest } from '../../lambdas/domain/provider/verify-request.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import type { Verification } from '../../lambdas/domain/signature/verify.ts';
import { type Seconds, seconds, type UnixMillis } from '../../lambdas/domain/time.ts';
import { likelyMistakes } from './mistakes.ts';
import { signedParts } from './signed-parts.ts';

/** The source that refused, and what it knows. */
export interface ExplainedSource {
  readonly name: string;
  readonly slug: string;
  readonly provider: Provider;
  readonly tolerance: Seconds;
  readonly maxBodyBytes: number;
  readonly allowedCidrs?: readonly string[];
  /** Values of its secret, the current one first. */
  readonly secrets: readonly string[];
  /** Its URLs. */
  readonly urls: readonly string[];
}

/** The secret of another source. */
export interface OtherSecret {
  readonly source: string;
  readonly provider: Provider;
  readonly value: string;
}

/** One check and how it went. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Why a request is refused, as far as can be told. */
export interface Diagnosis {
  readonly verifies: boolean;
  readonly findings: readonly Finding[];
  /** What probably went wrong, each a sentence; empty when nothing was recognised. */
  readonly likely: readonly string[];
}

/** Says of a key whether it verifies a request, whenever that came. */
export type Verifier = (
  request: RawRequest,
  keys: readonly VerificationKey[],
  provider?: Provider,
) => Promise<Verification>;

const anyTime = seconds(100 * 366 * 86_400);

/**
 * Goes through the receiver's checks in their order, and where one fails tries what usually goes wrong.
 *
 * @param at when the request came
 * @param others loaded only when they are needed
 */
export async function diagnose(
  request: RawRequest,
  source: ExplainedSource,
  at: UnixMillis,
  calls: ProviderCalls,
  others: () => Promise<readonly OtherSecret[]>,
): Promise<Diagnosis> {
  const findings = [...addressFinding(request, source), sizeFinding(request, source)];
  const keys = source.secrets.flatMap((value) => parseSecretValue(value, source.provider.secret)?.keys ?? []);
  findings.push(secretFinding(source, keys.length));
  if (keys.length === 0)
    return {
      verifies: false,
      findings,
      likely: [`Store the secret: npx hookline secrets set ${source.name}.`],
    };
  const verify: Verifier = (changed, some, provider = source.provider) =>
    verifyRequest(provider, changed, some, { ...calls, now: at, tolerance: anyTime });
  const own = keys.map(({ key }) => key);
  const inTime = await verifyRequest(source.provider, request, own, {
    ...calls,
    now: at,
    tolerance: source.tolerance,
  });
  const ever = inTime.ok ? inTime : await verify(request, own);
  findings.push(signatureFinding(request, source, own, ever), ...timeFinding(inTime, ever, source));
  const verifies = findings.every(({ ok }) => ok);
  if (verifies) return { verifies, findings, likely: [] };
  const likely = await likelyMistakes({ request, source, own, ever, inTime, verify, others });
  return { verifies, findings, likely };
}

function addressFinding({ sourceIp }: RawRequest, { allowedCidrs = [] }: ExplainedSource): Finding[] {
  if (sourceIp === '' || allowedCidrs.length === 0) return [];
  const ok = isAllowedAddress(sourceIp, allowedCidrs);
  return [{ check: 'address', ok, detail: `${sourceIp} is ${ok ? '' : 'not '}in allowedCidrs` }];
}

const sizeFinding = ({ body }: RawRequest, { maxBodyBytes }: ExplainedSource): Finding => ({
  check: 'size',
  ok: body.byteLength <= maxBodyBytes,
  detail: `${body.byteLength} of at most ${maxBodyBytes} bytes`,
});

function secretFinding({ secrets }: ExplainedSource, keys: number): Finding {
  if (keys > 0) return { check: 'secret', ok: true, detail: keys === 1 ? 'one key' : `${keys} keys` };
  const detail = secrets.length === 0 ? 'has no value' : 'has a value that is no secret of this provider';
  return { check: 'secret', ok: false, detail };
}

function signatureFinding(
  request: RawRequest,
  source: ExplainedSource,
  keys: readonly VerificationKey[],
  ever: Verification,
): Finding {
  if (ever.ok) return { check: 'signature', ok: true, detail: 'made with this secret' };
  const parts = signedParts(source.provider, request, keys);
  return { check: 'signature', ok: false, detail: [ever.reason, ...parts].join('\n') };
}

function timeFinding(inTime: Verification, ever: Verification, { tolerance }: ExplainedSource): Finding[] {
  if (!ever.ok) return [];
  const detail = inTime.ok
    ? `within ${tolerance} s, or none is signed`
    : `${inTime.reason}: more than ${tolerance} s off`;
  return [{ check: 'time', ok: inTime.ok, detail }];
}

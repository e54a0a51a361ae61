import type { ProviderCalls } from '../../lambdas/domain/provider/check.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { verifyRequest } from '../../lambdas/domain/provider/verify-request.ts';
import { type RawRequest, withPublicUrl } from '../../lambdas/domain/raw-request.ts';
import { hidden } from '../../lambdas/domain/redacted-request.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import type { Verification } from '../../lambdas/domain/signature/verify.ts';
import { seconds, type UnixMillis } from '../../lambdas/domain/time.ts';
import { lastAdvice } from './advice.ts';
import {
  cheapFindings,
  handshakeFinding,
  laterFindings,
  type RequestFinding,
  secretFinding,
  signatureFinding,
} from './findings.ts';
import { type ExplainedSource, judge, liveKeys } from './judge.ts';
import { adviceAfterSignature, likelyMistakes, mistakesOfStored, withoutSecret } from './mistakes.ts';

/** The current secret of another source. */
export interface OtherSecret {
  readonly source: string;
  readonly provider: Provider;
  readonly value: string;
}

/** Why a request is refused. */
export interface Diagnosis {
  readonly verifies: boolean;
  readonly findings: readonly RequestFinding[];
  /** Probable mistakes, each a sentence; empty when none was recognised. */
  readonly likely: readonly string[];
  /** The advice when no mistake was recognised. */
  readonly otherwise?: string;
}

/** Verifies a request with keys, regardless of its time. */
export type Verifier = (
  request: RawRequest,
  keys: readonly VerificationKey[],
  provider?: Provider,
) => Promise<Verification>;

/**
 * Judges a request as the receiver does; if it is refused, tries the usual mistakes.
 *
 * @param at when the request arrived
 * @param others loads the secrets of the other sources, only when needed
 */
export async function diagnose(
  request: RawRequest,
  source: ExplainedSource,
  at: UnixMillis,
  calls: ProviderCalls,
  others: () => Promise<readonly OtherSecret[]>,
): Promise<Diagnosis> {
  const verdict = await judge(request, source, at, calls);
  const keys = liveKeys(source, at);
  const checked = [...cheapFindings(request, source), secretFinding(source, keys)];
  const diagnosis = (
    findings: readonly RequestFinding[],
    likely: readonly string[],
    otherwise?: string,
  ): Diagnosis => {
    const all = [...checked, ...findings];
    const verifies = all.every(({ ok }) => ok);
    return {
      verifies,
      findings: all,
      likely,
      otherwise: verifies || likely.length > 0 ? undefined : otherwise,
    };
  };
  if (verdict.kind === 'handshake' && verdict.status >= 400)
    return diagnosis([handshakeFinding(verdict.status)], [badChallenge]);
  const publicRequest = withPublicUrl(request, source.settings.publicUrl);
  const verify = verifierOf(source, at, calls);
  if (keys.length === 0) {
    const stored = await mistakesOfStored({ request: publicRequest, source, verify });
    return diagnosis([], [...stored, withoutSecret(request, source)]);
  }
  if (verdict.kind === 'refused' && verdict.check === 'keys')
    return diagnosis([{ check: 'keys', ok: false, detail: verdict.reason }], [], keysAdvice);
  const ever = await verify(publicRequest, keys);
  if (verdict.kind === 'handshake' && !ever.ok)
    return diagnosis([handshakeFinding(verdict.status)], [], badChallenge);
  const signature = signatureFinding(publicRequest, source, keys, ever);
  if (ever.ok) {
    const after = laterFindings(verdict, source);
    return diagnosis(
      [signature, ...after],
      adviceAfterSignature(verdict, source, publicRequest, at),
      bodyAdviceOf(source),
    );
  }
  const found = { request: publicRequest, original: request, source, keys, ever, verify, others };
  const likely = await likelyMistakes(found);
  const hiddenOnes = likely.length > 0 ? likely : hiddenParts(request);
  return diagnosis([signature], hiddenOnes, lastAdvice(ever.reason, publicRequest, source));
}

const badChallenge =
  'It is a test of the URL (a handshake) that the source does not accept: compare the verify token, or the challenge, with the provider.';

const keysAdvice = 'The provider’s key could not be fetched, so the secret may be right: try again.';

const bodyAdviceOf = ({ settings }: ExplainedSource): string =>
  `The signature is right, so the secret is right, too. Compare what failed with the settings of ${settings.name}.`;

const anyTime = seconds(100 * 366 * 86_400);

/** Ignores the time, which is checked last, after the signature. A variant that throws does not verify. */
function verifierOf({ provider: own }: ExplainedSource, now: UnixMillis, calls: ProviderCalls): Verifier {
  return async (request, keys, provider = own) => {
    try {
      const found = await verifyRequest(provider, request, keys, { ...calls, now, tolerance: anyTime });
      const isUntimely = !found.ok && (found.reason === 'too-old' || found.reason === 'too-new');
      return isUntimely ? { ok: true, family: '' } : found;
    } catch {
      return { ok: false, reason: 'untrusted-key' };
    }
  };
}

/** Names the headers that a kept refusal lacks, because they may be credentials. */
function hiddenParts({ headers, url }: RawRequest): string[] {
  const names = [...headers].filter(([, value]) => value === hidden).map(([name]) => name);
  const query = url.includes(`=${hidden}`) ? ['the query'] : [];
  if (names.length + query.length === 0) return [];
  return [
    `${[...names, ...query].join(', ')} was not kept, because it may be a secret: capture the request and pass it with --request.`,
  ];
}

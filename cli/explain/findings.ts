import { isAllowedAddress } from '../../lambdas/domain/ip-range.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { readSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import { mistakeText } from '../../lambdas/domain/signature/mistake-text.ts';
import type { Verification } from '../../lambdas/domain/signature/verify.ts';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import { isQuoted } from '../secrets/mistakes.ts';
import { signsUrl } from './expected-signature.ts';
import type { ExplainedSource, ReceiverVerdict } from './judge.ts';
import { secretForm } from './secret-form.ts';
import { signedParts } from './signed-parts.ts';

/** One check of a request and its result. */
export interface RequestFinding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** The checks that the receiver makes before the signature. */
export function cheapFindings(request: RawRequest, source: ExplainedSource): RequestFinding[] {
  const { allowedCidrs, maxBodyBytes } = source.settings;
  const { sourceIp, body } = request;
  const isIn = isAllowedAddress(sourceIp, allowedCidrs);
  const address = {
    check: 'address',
    ok: isIn,
    detail: `${sourceIp} is ${isIn ? '' : 'not '}in allowedCidrs`,
  };
  return [
    ...(sourceIp === '' || allowedCidrs.length === 0 ? [] : [address]),
    {
      check: 'size',
      ok: body.byteLength <= maxBodyBytes,
      detail: `${body.byteLength} of at most ${maxBodyBytes} bytes`,
    },
  ];
}

export function secretFinding(source: ExplainedSource, keys: readonly VerificationKey[]): RequestFinding {
  const { length } = keys;
  const quotes = isQuoted(source.current?.value ?? '') ? ', in quotes, which are part of it' : '';
  const count = length === 1 ? 'one key' : `${length} keys`;
  if (length > 0) return { check: 'secret', ok: true, detail: count + quotes };
  return { check: 'secret', ok: false, detail: withoutKey(source) };
}

/** Describes the fault of a value without showing it. */
function withoutKey({ current, provider, settings }: ExplainedSource): string {
  if (current === undefined) return 'has no value';
  const { mistake } = readSecretValue(current.value, provider.secret);
  if (mistake === undefined)
    return `has a value that is not a secret of this provider, which is ${secretForm(settings.provider, provider.secret)}`;
  return `holds ${mistakeText(mistake, provider.secret)}`;
}

export function signatureFinding(
  request: RawRequest,
  { settings, provider }: ExplainedSource,
  keys: readonly VerificationKey[],
  ever: Verification,
): RequestFinding {
  if (ever.ok) return { check: 'signature', ok: true, detail: 'matches this secret' };
  const parts = [
    ...signedParts(settings.provider, provider, request, keys),
    ...urlPart(provider, request, settings),
  ];
  return { check: 'signature', ok: false, detail: [ever.reason, ...parts].join('\n') };
}

/** For a provider that signs the URL: the URL and its origin. */
function urlPart(
  provider: Provider,
  { url }: RawRequest,
  { provider: slug, publicUrl }: SourceSettings,
): string[] {
  const origin =
    publicUrl === undefined ? 'as the request came; publicUrl is not set' : "the source's publicUrl";
  return signsUrl(slug, provider) ? [`the URL is ${url} (${origin})`] : [];
}

/** The checks after a right signature. */
export function laterFindings(verdict: ReceiverVerdict, { settings }: ExplainedSource): RequestFinding[] {
  const { tolerance } = settings;
  if (verdict.kind === 'refused' && verdict.check === 'time')
    return [{ check: 'time', ok: false, detail: `${verdict.reason}: more than ${tolerance} s off` }];
  const time = { check: 'time', ok: true, detail: `within ${tolerance} s, or none is signed` };
  if (verdict.kind === 'handshake') return [time, handshakeFinding(verdict.status)];
  return verdict.kind === 'refused'
    ? [time, { check: verdict.check, ok: false, detail: verdict.reason }]
    : [time, bodyFinding(verdict.events)];
}

export const handshakeFinding = (status: number): RequestFinding => ({
  check: 'handshake',
  ok: status < 400,
  detail: `a test of the URL; the response is ${status}`,
});

function bodyFinding(events: Extract<ReceiverVerdict, { kind: 'accepted' }>['events']): RequestFinding {
  const [event] = events;
  const detail = events.length === 1 && event ? `${event.type} ${event.id}` : `${events.length} events`;
  return { check: 'body', ok: true, detail };
}

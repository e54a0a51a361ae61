import { parseJson } from '../../lambdas/domain/json.ts';
import { ownOf } from '../../lambdas/domain/own-property.ts';
import { genericNames } from '../../lambdas/domain/provider/generic.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import { readSignature } from '../../lambdas/domain/signature/read-signature.ts';
import type { Verification } from '../../lambdas/domain/signature/verify.ts';
import type { UnixMillis } from '../../lambdas/domain/time.ts';
import { distance, unitMistake } from './advice.ts';
import type { OtherSecret, Verifier } from './diagnose.ts';
import { digestMistakes } from './digests.ts';
import { headerShapes } from './expected-signature.ts';
import { commandOf, type ExplainedSource, knownKeys, type ReceiverVerdict } from './judge.ts';
import { secretForm } from './secret-form.ts';
import { bodyVariants } from './variants/body.ts';
import { keyVariants } from './variants/key.ts';
import { urlVariants } from './variants/url.ts';
import type { Variant } from './variants/variant.ts';

interface Case {
  /** With the public URL; `original` has the received one. */
  readonly request: RawRequest;
  readonly original: RawRequest;
  readonly source: ExplainedSource;
  /** The source's valid keys. */
  readonly keys: readonly VerificationKey[];
  readonly ever: Verification;
  readonly verify: Verifier;
  readonly others: () => Promise<readonly OtherSecret[]>;
}

/** Tries the usual mistakes on a request that does not verify, and returns a sentence for each that explains it. */
export async function likelyMistakes(found: Case): Promise<string[]> {
  const tried = await Promise.all([
    oldSecret(found),
    requestVariants(found),
    secretVariants(found),
    otherSources(found),
  ]);
  const under = tried.flat();
  const units = found.ever.ok || !isUnread(found.ever.reason) ? [] : unitMistake(found.request, found.source);
  const digests = under.length + units.length > 0 ? [] : digestsOf(found);
  const headers = headerMistakes(found, digests.length + under.length > 0);
  return [...new Set([...unreadBody(found), ...digests, ...units, ...headers, ...under])];
}

const isUnread = (reason: string): boolean => reason.startsWith('malformed-');

/** Compares digests with this secret first, then with the variants from before it was copied. */
function digestsOf({ request, source, keys }: Case): string[] {
  const { settings, provider, current } = source;
  const own = digestMistakes(settings.provider, provider, request, keys);
  if (own.length > 0) return own;
  const read = keyVariants(current?.value ?? '', provider.secret).flatMap(({ when, value }) =>
    digestMistakes(settings.provider, provider, request, value).map(
      (sentence) => `${sentence} And the digest matches ${when}.`,
    ),
  );
  return read.slice(0, 1);
}

/** The advice for a request that is refused although its signature is right. */
export function adviceAfterSignature(
  verdict: ReceiverVerdict,
  { settings, provider: row }: ExplainedSource,
  request: RawRequest,
  at: UnixMillis,
): string[] {
  const { provider, tolerance } = settings;
  const reason = verdict.kind === 'refused' ? verdict.reason : '';
  const signedAt = signedTime(row, request);
  const off = signedAt === undefined ? '' : ` It is ${distance(signedAt, at)}.`;
  if (reason === 'too-new')
    return [
      `The signature is right, and its time is more than ${tolerance} s ahead: a clock is wrong, or ${provider} uses another unit.${off}`,
    ];
  if (reason === 'too-old')
    return [
      `The signature is right, and its time is more than ${tolerance} s ago: the request was replayed, waited in a queue or a proxy, or a clock is wrong.${off} For a request that you captured earlier, pass its time with --at.`,
    ];
  if (reason === 'not-json' && isJson(request.body))
    return [
      `The signature is right, and the body is JSON, but not as ${provider} sends it: is it another kind of webhook of the same provider, or another provider's?`,
    ];
  const advice = ownOf(bodyAdvice, reason);
  const setting = genericNames.some((name) => name === provider) ? ownOf(headerSettings, reason) : undefined;
  const orSetting = setting === undefined ? undefined : `Or is the source's ${setting} wrong?`;
  return [advice, orSetting].filter((line) => line !== undefined);
}

/** The settings of a generic source that locate ids and types. */
const headerSettings: Readonly<Record<string, string>> = {
  'no-event-id': 'idHeader',
  'no-event-type': 'typeHeader',
};

const isJson = (body: Uint8Array): boolean => parseJson(Buffer.from(body).toString('utf8')) !== undefined;

function signedTime({ signature }: Provider, { headers }: RawRequest): UnixMillis | undefined {
  if (typeof signature === 'function') return undefined;
  const claim = readSignature(signature, headers);
  return typeof claim === 'string' ? undefined : claim.signedAt;
}

const bodyAdvice: Readonly<Record<string, string>> = {
  'not-json': 'The signature is right, but the body is not JSON: set the webhook to JSON at the provider.',
  'no-event-id':
    'The signature is right, but the event id is missing from its usual place: is it another kind of webhook of the same provider?',
  'no-event-type':
    'The signature is right, but the event type is missing from its usual place: is it another kind of webhook of the same provider?',
  'too-many-events': 'The signature is right, but the request has more than a thousand events.',
  'over-1000-fields': 'The signature is right, but the form has more than a thousand fields.',
  'over-500-levels': 'The signature is right, but the JSON is nested over 500 levels.',
};

/** Bodies over a limit that applies before the signature is checked. */
const unreadBodies: Readonly<Record<string, string>> = {
  'over-1000-fields':
    'The form, or the query of the URL, has more than a thousand fields; no provider sends so many.',
  'over-500-levels': 'The JSON is nested over 500 levels; no provider sends that.',
  'over-50000-values':
    'The JSON has more than 50,000 names and values, which are not parsed before the signature is checked: let the provider send fewer events at once.',
};

const unreadBody = ({ ever }: Case): string[] =>
  [ever.ok ? undefined : unreadBodies[ever.reason]].filter((advice) => advice !== undefined);

/** The advice when the secret has no value, or not one of the provider's format. */
export function withoutSecret(request: RawRequest, source: ExplainedSource): string {
  const { settings, provider } = source;
  const { name } = settings;
  if (provider.handshake?.secretFromHandshake === undefined)
    return `Store the secret: ${commandOf(source, `secrets set ${name}`)}. It is ${secretForm(settings.provider, provider.secret)}.`;
  const command = commandOf(source, `secrets await ${name}`);
  return provider.handshake.secretFromHandshake(request) === undefined
    ? `The provider sends the secret itself: run ${command}, then create the webhook there again.`
    : `This request brings the secret, but outside the handshake window: run ${command}, then create the webhook there again.`;
}

/** A value in the wrong format may contain the secret, e.g. in JSON. */
export const mistakesOfStored = (found: Pick<Case, 'request' | 'source' | 'verify'>): Promise<string[]> =>
  secretVariants(found);

/** Older headers that providers send, or sent, beside the current one. */
const legacy: Readonly<Record<string, string>> = {
  'x-hub-signature':
    'SHA-1, which is not secure; set a secret at the provider, so that it also sends the newer header',
  'x-square-signature': 'SHA-1; Square also sends x-square-hmacsha256-signature',
  'x-hubspot-signature': 'a plain hash; HubSpot also sends x-hubspot-signature-v3',
  'x-gitlab-token': 'a token; the source holds a signing token, which GitLab sends as webhook-signature',
};

/** @param isExplained whether a better explanation than a missing header is known */
function headerMistakes({ request, ever, source }: Case, isExplained: boolean): string[] {
  if (ever.ok || ever.reason !== 'missing-header') return [];
  const names = [...request.headers.keys()];
  const old = names.filter((name) => ownOf(legacy, name) !== undefined);
  if (old.length > 0) return old.map((name) => `Only ${name} is there: ${legacy[name]}.`);
  if (isExplained) return [];
  const { provider } = source.settings;
  const shapes = headerShapes(source.provider);
  const expected = shapes.length === 0 ? '' : ` ${provider} writes ${shapes.join(' or ')}.`;
  const alike = names.filter((name) => /signature|hmac|-sig$/.test(name));
  if (alike.length > 0)
    return [
      `${alike.join(', ')} looks like a signature, but a header of ${provider} is missing: is this source's provider right, or does a proxy drop headers?${expected}`,
    ];
  return [
    `No header holds a signature: enable signing at ${provider}, or look for a proxy that drops headers.${expected}`,
  ];
}

/** The provider still signs with the previous secret. */
async function oldSecret({ request, source, verify }: Case): Promise<string[]> {
  if (!(await verify(request, knownKeys(source))).ok) return [];
  const { name, rotationOverlap, provider } = source.settings;
  return [
    `It verifies with the previous secret, which is no longer valid: switch to the new one at ${provider}, or store the old one again (${commandOf(source, `secrets set ${name}`)}); rotationOverlap is ${rotationOverlap} s.`,
  ];
}

/** Tries other bodies and URLs with the same secret. */
async function requestVariants({ request, original, source, keys, verify }: Case): Promise<string[]> {
  const bodies = bodyVariants(request.body).map((variant) =>
    changed(variant, (body) => ({ ...request, body })),
  );
  const urls = urlVariants(request, [...source.urls, original.url]).map((variant) =>
    changed(variant, (url) => ({ ...request, url })),
  );
  const fitting = async (variants: readonly Variant<RawRequest>[]) => {
    const tried = await Promise.all(variants.map(async ({ value }) => (await verify(value, keys)).ok));
    return variants.filter((_variant, at) => tried[at]);
  };
  const [body, url] = await Promise.all([fitting(bodies), fitting(urls)]);
  return [
    ...body.slice(0, 1).map(({ when }) => `It verifies ${when}.`),
    ...url.map(({ when, value }) => `It verifies ${when}. ${urlAdvice(value.url, request.url, source)}`),
  ];
}

/** The advice leaves the query out, which may be secret and is not part of publicUrl. */
function urlAdvice(signed: string, taken: string, { settings }: ExplainedSource): string {
  const [of = '', own = ''] = [signed, taken].map((url) => url.split('?')[0]);
  const { name, provider, publicUrl } = settings;
  if (of === own) return `${provider} signed another query than the one that arrived.`;
  const setting = publicUrl === undefined ? 'which has no publicUrl' : 'by its publicUrl';
  return `${provider} signed ${of}, but ${name} expects ${own} (${setting}): set that URL at ${provider}, or set publicUrl: '${of}'.`;
}

/** Tries the same secret, decoded in other ways. */
async function secretVariants({
  request,
  source,
  verify,
}: Pick<Case, 'request' | 'source' | 'verify'>): Promise<string[]> {
  const variants = keyVariants(source.current?.value ?? '', source.provider.secret);
  const tried = await Promise.all(
    variants.map(async ({ when, value }) => ((await verify(request, value)).ok ? [when] : [])),
  );
  return tried
    .flat()
    .slice(0, 1)
    .map((when) => `It verifies ${when}.`);
}

const changed = <From, To>({ when, value }: Variant<From>, change: (from: From) => To): Variant<To> => ({
  when,
  value: change(value),
});

/** Tries the secrets of the other sources, e.g. of another account or of test mode. */
async function otherSources({ request, source, verify, others }: Case): Promise<string[]> {
  const found = await Promise.all(
    (await others()).map(async (other) => {
      const asOwn = parseSecretValue(other.value, source.provider.secret)?.keys.map(({ key }) => key) ?? [];
      const asIts = parseSecretValue(other.value, other.provider.secret)?.keys.map(({ key }) => key) ?? [];
      if ((await verify(request, asOwn)).ok)
        return [
          `It verifies with the secret of ${other.source}: the secrets were swapped, or the request is from that webhook (another account, test mode).`,
        ];
      if ((await verify(request, asIts, other.provider)).ok)
        return [`It is a request for ${other.source}: it was sent to the wrong URL.`];
      return [];
    }),
  );
  return found.flat();
}

import { ownOf } from '../../lambdas/domain/own.ts';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import type { Verification } from '../../lambdas/domain/signature/verify.ts';
import type { OtherSecret, Verifier } from './diagnose.ts';
import { type ExplainedSource, knownKeys, type Verdict } from './judge.ts';
import { bodyVariants, keyVariants, urlVariants, type Variant } from './variants.ts';

interface Case {
  /** As its provider knows it, and as it came. */
  readonly request: RawRequest;
  readonly original: RawRequest;
  readonly source: ExplainedSource;
  /** The source's, that verify now. */
  readonly keys: readonly VerificationKey[];
  readonly ever: Verification;
  readonly verify: Verifier;
  readonly others: () => Promise<readonly OtherSecret[]>;
}

/** Tries the usual mistakes of a request that does not verify, and tells those under which it would. */
export async function likelyMistakes(found: Case): Promise<string[]> {
  const tried = await Promise.all([
    oldSecret(found),
    requestVariants(found),
    secretVariants(found),
    otherSources(found),
  ]);
  return [...unreadBody(found), ...headerMistakes(found), ...new Set(tried.flat())];
}

/** What to do where the signature is right and the request is refused all the same. */
export function adviceAfterSignature(verdict: Verdict, { settings }: ExplainedSource): string[] {
  const { provider, tolerance } = settings;
  const reason = verdict.kind === 'refused' ? verdict.reason : '';
  if (reason === 'too-new')
    return [
      `The signature is right, and its time is more than ${tolerance} s ahead: a clock is wrong, or ${provider} writes another unit.`,
    ];
  if (reason === 'too-old')
    return [
      `The signature is right, and its time is more than ${tolerance} s ago: it was replayed, sat in a queue or a proxy, or a clock is wrong. Of a request that was captured earlier say with --at when it came.`,
    ];
  const advice = ownOf(bodyAdvice, reason);
  return advice === undefined ? [] : [advice];
}

const bodyAdvice: Readonly<Record<string, string>> = {
  'not-json':
    'The signature is right, but the body is not what this provider sends: set its webhook to JSON.',
  'no-event-id':
    "The signature is right, but no event id is where this provider has it: is it another kind of webhook of the same provider, or is the source's idHeader wrong?",
  'no-event-type':
    "The signature is right, but no event type is where this provider has it: is it another kind of webhook of the same provider, or is the source's typeHeader wrong?",
  'too-many-events': 'The signature is right, but one request holds more than a thousand events.',
  'over-1000-fields': 'The signature is right, but the form has more than a thousand fields.',
  'over-500-levels': 'The signature is right, but the JSON is nested over 500 levels.',
};

/** Bodies that are refused unread, because they have to be read before their signature is known to be right. */
const unreadBodies: Readonly<Record<string, string>> = {
  'over-1000-fields':
    'The form, or the query of the URL, has more than a thousand fields: no provider sends that.',
  'over-500-levels': 'The JSON is nested over 500 levels: no provider sends that.',
  'over-50000-values':
    'The JSON has more than 50,000 names and values, which are not read before the signature: have the provider send fewer events at once.',
};

const unreadBody = ({ ever }: Case): string[] =>
  [ever.ok ? undefined : unreadBodies[ever.reason]].filter((advice) => advice !== undefined);

/** What to do where the secret has no value, or none that could be a secret of the provider. */
export function withoutSecret(request: RawRequest, { settings, provider }: ExplainedSource): string {
  const { name } = settings;
  if (provider.handshake?.secretIn === undefined)
    return `Store the secret: npx hookline secrets set ${name}.`;
  const command = `npx hookline secrets await ${name}`;
  return provider.handshake.secretIn(request) === undefined
    ? `The provider brings the secret itself: ${command}, then make the webhook there again.`
    : `This request brings the secret, outside the window for it: ${command}, then make the webhook there again.`;
}

/** Headers that providers send beside the one that counts, or sent before it. */
const legacy: Readonly<Record<string, string>> = {
  'x-hub-signature':
    'SHA-1, which nobody should trust; set a secret at the provider, so that it sends the newer one, too',
  'x-square-signature': 'SHA-1; Square sends x-square-hmacsha256-signature beside it',
  'x-hubspot-signature': 'a plain hash; HubSpot sends x-hubspot-signature-v3 beside it',
  'x-gitlab-token': 'a token; the source holds a signing token, which GitLab sends as webhook-signature',
};

function headerMistakes({ request, ever, source }: Case): string[] {
  if (ever.ok || ever.reason !== 'missing-header') return [];
  const names = [...request.headers.keys()];
  const old = names.filter((name) => ownOf(legacy, name) !== undefined);
  if (old.length > 0) return old.map((name) => `Only ${name} is there: ${legacy[name]}.`);
  const alike = names.filter((name) => /signature|hmac|-sig$/.test(name));
  if (alike.length > 0)
    return [
      `${alike.join(', ')} looks like a signature, but ${source.settings.provider} signs in another header: is this source's provider right?`,
    ];
  return [
    `No header is a signature: turn signing on at ${source.settings.provider}, or look for a proxy that drops headers.`,
  ];
}

/** The provider still signs with what was the secret before. */
async function oldSecret({ request, source, verify }: Case): Promise<string[]> {
  if (!(await verify(request, knownKeys(source))).ok) return [];
  const { name, rotationOverlap, provider } = source.settings;
  return [
    `It verifies with the previous secret, which counts no more: switch to the new one at ${provider}, or store the old one again (npx hookline secrets set ${name}); rotationOverlap is ${rotationOverlap} s.`,
  ];
}

/** The same secret, and another body or URL. */
async function requestVariants({ request, original, source, keys, verify }: Case): Promise<string[]> {
  const bodies = bodyVariants(request.body).map((variant) =>
    changed(variant, (body) => ({ ...request, body })),
  );
  const urls = urlVariants(request, [...source.urls, original.url]).map((variant) =>
    changed(variant, (url) => ({ ...request, url })),
  );
  const tried = await Promise.all(
    [...bodies, ...urls].map(async ({ when, value }) => ((await verify(value, keys)).ok ? [when] : [])),
  );
  return tried.flat().map((when) => `It verifies ${when}.`);
}

/** The same secret, read in another way. */
async function secretVariants({ request, source, verify }: Case): Promise<string[]> {
  const tried = await Promise.all(
    keyVariants(source.current?.value ?? '').map(async ({ when, value }) =>
      (await verify(request, [value])).ok ? [when] : [],
    ),
  );
  return tried.flat().map((when) => `It verifies ${when}.`);
}

const changed = <From, To>({ when, value }: Variant<From>, change: (from: From) => To): Variant<To> => ({
  when,
  value: change(value),
});

/** The secret of another source: of another account, of test mode, of the webhook beside it. */
async function otherSources({ request, source, verify, others }: Case): Promise<string[]> {
  const found = await Promise.all(
    (await others()).map(async (other) => {
      const asOwn = parseSecretValue(other.value, source.provider.secret)?.keys.map(({ key }) => key) ?? [];
      const asIts = parseSecretValue(other.value, other.provider.secret)?.keys.map(({ key }) => key) ?? [];
      if ((await verify(request, asOwn)).ok)
        return [
          `It verifies with the secret of ${other.source}: the secrets were swapped, or it is that webhook's (another account, test mode).`,
        ];
      if ((await verify(request, asIts, other.provider)).ok)
        return [`It is a request of ${other.source}: it was sent to the wrong URL.`];
      return [];
    }),
  );
  return found.flat();
}

import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import type { Verification } from '../../lambdas/domain/signature/verify.ts';
import type { ExplainedSource, OtherSecret, Verifier } from './diagnose.ts';
import { bodyVariants, keyVariants, urlVariants, type Variant } from './variants.ts';

interface Case {
  readonly request: RawRequest;
  readonly source: ExplainedSource;
  readonly own: readonly VerificationKey[];
  /** With the time, and without. */
  readonly inTime: Verification;
  readonly ever: Verification;
  readonly verify: Verifier;
  readonly others: () => Promise<readonly OtherSecret[]>;
}

/** Tries the usual mistakes, and tells those under which the request verifies. */
export async function likelyMistakes(found: Case): Promise<string[]> {
  const { ever, inTime, source } = found;
  if (ever.ok) return inTime.ok ? [] : [clock(inTime.reason, source)];
  const headers = headerMistakes(found);
  const tried = await Promise.all([ownVariants(found), otherSources(found)]);
  return [...headers, ...tried.flat()];
}

const clock = (reason: string, { slug, tolerance }: ExplainedSource): string =>
  reason === 'too-new'
    ? `The signature is right, and its time is more than ${tolerance} s ahead: a clock is wrong, or ${slug} writes another unit.`
    : `The signature is right, and its time is more than ${tolerance} s ago: it was replayed, sat in a queue or a proxy, or a clock is wrong.`;

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
  const old = names.filter((name) => legacy[name] !== undefined);
  if (old.length > 0) return old.map((name) => `Only ${name} is there: ${legacy[name]}.`);
  const alike = names.filter((name) => /signature|hmac|-sig$/.test(name));
  if (alike.length > 0)
    return [
      `${alike.join(', ')} looks like a signature, but ${source.slug} signs in another header: is this source's provider right?`,
    ];
  return [
    `No header is a signature: turn signing on at ${source.slug}, or look for a proxy that drops headers.`,
  ];
}

/** The same secret, and another body, URL or reading of the secret. */
async function ownVariants({ request, source, own, verify }: Case): Promise<string[]> {
  const bodies = bodyVariants(request.body).map((variant) =>
    changed(variant, (body) => ({ ...request, body })),
  );
  const urls = urlVariants(request, source.urls).map((variant) =>
    changed(variant, (url) => ({ ...request, url })),
  );
  const ofRequest = await Promise.all(
    [...bodies, ...urls].map(async ({ when, value }) => ((await verify(value, own)).ok ? [when] : [])),
  );
  const ofSecret = await Promise.all(
    source.secrets
      .flatMap(keyVariants)
      .map(async ({ when, value }) => ((await verify(request, [value])).ok ? [when] : [])),
  );
  return [...new Set([...ofRequest, ...ofSecret].flat())].map((when) => `It verifies ${when}.`);
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

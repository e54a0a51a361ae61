import { ownOf } from '../../lambdas/domain/own-property.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import type { SignatureScheme } from '../../lambdas/domain/signature/scheme.ts';
import { customSigners, onlyTheProviderSigns } from './custom-signers.ts';
import { CannotSignError, type Draft, type Signer, type Signing } from './draft.ts';
import { signByScheme } from './sign-by-scheme.ts';

/** @throws CannotSignError when only the provider can sign */
export function assertSignable(slug: string): void {
  const advice = ownOf(onlyTheProviderSigns, slug);
  if (advice !== undefined) throw new CannotSignError(advice);
}

/** The scheme that signs with a key of this kind; undefined for a provider with a signer of its own. */
export function schemeOf(
  { signature, otherSignatures = [] }: Provider,
  { kind }: VerificationKey,
): SignatureScheme | undefined {
  const schemes = typeof signature === 'function' ? [] : [signature, ...otherSignatures];
  return schemes.find(({ versions }) => Object.values(versions).some(({ key }) => key === kind));
}

/**
 * Signs a request as a provider would.
 *
 * @param slug the provider's name
 * @param standIns signers for providers that only sign themselves, for a check that gets the keys of a test
 * @throws CannotSignError with the next step
 */
export function signRequest(
  slug: string,
  provider: Provider,
  draft: Draft,
  signing: Signing,
  standIns: Readonly<Record<string, Signer>> = {},
): Draft {
  const own = ownOf(standIns, slug) ?? ownOf(customSigners, slug);
  if (own !== undefined) return own(draft, signing);
  assertSignable(slug);
  const scheme = schemeOf(provider, signing.key);
  const signed = scheme && signByScheme(scheme, draft, signing);
  if (signed !== undefined) return signed;
  throw new CannotSignError(`The secret is not of a kind that ${slug} signs with.`);
}

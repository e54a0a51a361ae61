import type { SourceSettings } from '../source.ts';
import type { Provider } from './provider.ts';

/** The settings name a provider that the function's bundle does not contain. */
class MissingProviderError extends Error {
  override name = 'MissingProviderError' as const;
}

/**
 * Loads the row of a source's provider from its own file, so that a function loads only the providers of its sources.
 *
 * @param source checked at synth
 */
export async function loadProvider(
  source: Pick<SourceSettings, 'provider' | 'hmac' | 'token' | 'ed25519'>,
): Promise<Provider> {
  if (source.hmac ?? source.token ?? source.ed25519) {
    const { genericProvider } = await import('./generic.ts');
    const generic = genericProvider(source);
    if (generic !== undefined) return generic;
  }
  const file: Readonly<Record<string, Provider>> = await import(`./providers/${source.provider}.ts`);
  const [provider] = Object.values(file);
  if (provider === undefined) throw new MissingProviderError(`there is no provider ${source.provider}`);
  return provider;
}

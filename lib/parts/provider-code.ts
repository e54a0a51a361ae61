import { basename } from 'node:path';
import { providerOf } from '../../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import type { SourceSettings } from '../../lambdas/domain/source.ts';

/** Files that a function loads for few providers. */
const forFew: Readonly<Record<string, (provider: Provider) => boolean>> = {
  'handshake-secret.ts': ({ handshake }) => handshake?.secretFromHandshake !== undefined,
  'once-only.ts': ({ onceOnly }) => onceOnly !== undefined,
};

/**
 * Whether the sources of a function do not need a file that it loads on demand.
 *
 * @param file the lazily loaded file
 */
export function isUnusedProviderCode(file: string, sources: readonly SourceSettings[]): boolean {
  const isProvider = file.includes('/provider/providers/');
  if (isProvider) return !sources.some(({ provider }) => `${provider}.ts` === basename(file));
  const isNeeded = forFew[basename(file)];
  return isNeeded !== undefined && !sources.some((source) => isNeeded(providerOf(source)));
}

import { type Fetch, providerCallsBy } from '../lambdas/adapters/http/provider-calls.ts';
import type { ProviderCalls } from '../lambdas/domain/provider/check.ts';
import { unixMillis } from '../lambdas/domain/time.ts';
import { cachingKeys } from '../lambdas/inbound/key-cache.ts';

/** The fetched keys, by the `fetch` that got them and the provider. */
const known = new WeakMap<Fetch, Map<string, ProviderCalls>>();

/** Requests to a provider's servers, with the keys that earlier checks fetched. */
export function providerServers(provider: string, fetchBy: Fetch): ProviderCalls {
  const byProvider = known.get(fetchBy) ?? new Map<string, ProviderCalls>();
  known.set(fetchBy, byProvider);
  const calls =
    byProvider.get(provider) ?? cachingKeys(providerCallsBy(fetchBy), () => unixMillis(Date.now()));
  byProvider.set(provider, calls);
  return calls;
}

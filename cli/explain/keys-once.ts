import type { KeyResponse, ProviderCalls } from '../../lambdas/domain/provider/check.ts';

/** The same calls, with each key fetched once: every mistake that is tried needs the same keys. */
export function fetchingKeysOnce(calls: ProviderCalls): ProviderCalls {
  const fetched = new Map<string, Promise<KeyResponse>>();
  return {
    roots: calls.roots,
    visit: calls.visit,
    fetchKey(url, json, client) {
      const name = `${url.href} ${JSON.stringify(json)} ${JSON.stringify(client)}`;
      const response = fetched.get(name) ?? calls.fetchKey(url, json, client);
      fetched.set(name, response);
      return response;
    },
  };
}

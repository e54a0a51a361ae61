import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import type { ClientCredentials, ProviderCalls } from '../../domain/provider/check.ts';
import { clientTokens } from './client-tokens.ts';

/** The whole request has about 2 s. After a slower key server, the provider's next attempt tries again. */
const responseTimeoutMs = 1500;
/** Certificate chains have about 8 kB. */
const maxResponseBytes = 64 * 1024;

/** A provider's server failed or sent an unexpected response, so the webhook cannot be verified now. */
class ProviderCallError extends Error {
  override name = 'ProviderCallError' as const;
}

/** The `fetch` of a function, which owns its process. */
export function providerCalls(): ProviderCalls {
  // Node gives each of several addresses 250 ms, too little for another continent. `fetch` has no other option for it.
  setDefaultAutoSelectFamilyAttemptTimeout(responseTimeoutMs / 2);
  return providerCallsBy(fetch);
}

/** Requests to the servers of a provider: https, no redirects, short timeouts, small responses. */
export function providerCallsBy(fetchBy: Fetch): ProviderCalls {
  const call = callBy(fetchBy);
  const tokens = clientTokens(tokenRequestBy(fetchBy), () => performance.now());
  return {
    roots() {
      // Few providers need it, and a cold start waits for each module.
      const { getCACertificates, rootCertificates } = process.getBuiltinModule('node:tls');
      // Node has it since 22.15.
      return getCACertificates?.('default') ?? rootCertificates;
    },
    async fetchKey(url, json, client) {
      const signal = AbortSignal.timeout(responseTimeoutMs);
      const token = client && (await tokens.of(client, signal));
      const response = await call(url, { signal, json, token });
      if (client && response.status === 401) {
        tokens.forget(client);
        throw new ProviderCallError(`${url.host} rejected the access token that it issued`);
      }
      const isThere = response.ok;
      const isMissing = response.status >= 400 && response.status < 500 && response.status !== 429;
      if (!isThere && !isMissing) throw new ProviderCallError(`${url.host} answered ${response.status}`);
      return { isThere, text: await boundedText(response, url) };
    },
    async visit(url) {
      const response = await call(url, { signal: AbortSignal.timeout(responseTimeoutMs) });
      await response.body?.cancel();
      if (!response.ok) throw new ProviderCallError(`${url.host} answered ${response.status}`);
    },
  };
}

interface CallOptions {
  readonly signal: AbortSignal;
  readonly json?: object;
  readonly token?: string;
}

/** The part of `fetch` that is used. */
export type Fetch = (url: URL, options: RequestInit) => Promise<Response>;

const callBy =
  (fetchBy: Fetch) =>
  (url: URL, { signal, json, token }: CallOptions): Promise<Response> =>
    fetchBy(url, {
      redirect: 'error',
      signal,
      method: json ? 'POST' : 'GET',
      headers: {
        ...(json && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: json && JSON.stringify(json),
    });

/** Requests a client-credentials grant. @returns the response's text. @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4 */
const tokenRequestBy = (fetchBy: Fetch) =>
  async function requestToken(
    { tokenUrl, id, secret, scope }: ClientCredentials,
    signal: AbortSignal,
  ): Promise<string> {
    const response = await fetchBy(tokenUrl, {
      redirect: 'error',
      signal,
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
    });
    const text = await boundedText(response, tokenUrl);
    if (response.status === 400 || response.status === 401)
      throw new ProviderCallError(`${tokenUrl.host} rejected the credentials: set the source's secret again`);
    if (!response.ok) throw new ProviderCallError(`${tokenUrl.host} answered ${response.status}`);
    return text;
  };

async function boundedText(response: Response, url: URL): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > maxResponseBytes)
      throw new ProviderCallError(`${url.host} sent a response that is too large for a key`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}

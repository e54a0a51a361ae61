import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { getCACertificates } from 'node:tls';
import type { ProviderCalls } from '../domain/provider/check.ts';

/** The whole request has some 2 s; a key server that needs longer is tried again by the provider's next attempt. */
const answerWithinMs = 1500;
/** Chains of certificates have some 8 kB. */
const maxAnswerBytes = 64 * 1024;

/** A server of the provider does not answer as it should: whether the request is right is not known. */
class ProviderCallError extends Error {
  override name = 'ProviderCallError' as const;
}

/** Requests to the servers of a provider: https, no redirects, little time, small answers. */
export function providerCalls(): ProviderCalls {
  // Node gives each of several addresses 250 ms, which another continent may need; `fetch` takes no other way to say it.
  setDefaultAutoSelectFamilyAttemptTimeout(answerWithinMs / 2);
  return {
    get roots() {
      return getCACertificates('default');
    },
    async fetchKey(url, json) {
      const response = await call(url, json);
      const isThere = response.ok;
      const isMissing = response.status >= 400 && response.status < 500 && response.status !== 429;
      if (!isThere && !isMissing) throw new ProviderCallError(`${url.host} answered ${response.status}`);
      return { isThere, text: await boundedText(response, url) };
    },
    async visit(url) {
      const response = await call(url);
      await response.body?.cancel();
      if (!response.ok) throw new ProviderCallError(`${url.host} answered ${response.status}`);
    },
  };
}

const call = (url: URL, json?: object): Promise<Response> =>
  fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(answerWithinMs),
    ...(json && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(json),
    }),
  });

async function boundedText(response: Response, url: URL): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > maxAnswerBytes) throw new ProviderCallError(`${url.host} answered with more than a key`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}

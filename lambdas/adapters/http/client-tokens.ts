import * as v from 'valibot';
import type { ClientCredentials } from '../../domain/provider/check.ts';
import { parseJsonBody } from '../../domain/provider/payload.ts';

const TokenResponse = v.object({ access_token: v.pipe(v.string(), v.nonEmpty()), expires_in: v.number() });

/** A token is renewed this long before it expires, so that it is still valid when the request arrives. */
const spareMs = 60_000;
/** The longest use of a token, even if the server says that it is valid for longer. */
const longestMs = 3_600_000;

/** The token server's response has no usable token. */
class TokenError extends Error {
  override name = 'TokenError' as const;
}

/** Caches access tokens for this container, since providers limit token requests. */
export function clientTokens(
  request: (client: ClientCredentials, signal: AbortSignal) => Promise<string>,
  clockMs: () => number,
) {
  const kept = new Map<string, { readonly token: string; readonly untilMs: number }>();
  const nameOf = ({ tokenUrl, id, secret, scope }: ClientCredentials): string =>
    JSON.stringify([tokenUrl.href, id, secret, scope]);
  return {
    async of(client: ClientCredentials, signal: AbortSignal): Promise<string> {
      const name = nameOf(client);
      const before = kept.get(name);
      if (before !== undefined && clockMs() < before.untilMs) return before.token;
      const response = v.safeParse(TokenResponse, parseJsonBody(await request(client, signal)));
      if (!response.success)
        throw new TokenError(`${client.tokenUrl.host} sent a response without an access_token`);
      const { access_token: token, expires_in } = response.output;
      kept.set(name, { token, untilMs: clockMs() + Math.min(expires_in * 1000, longestMs) - spareMs });
      return token;
    },
    /** Drops a token that the server has rejected. */
    forget(client: ClientCredentials): void {
      kept.delete(nameOf(client));
    },
  };
}

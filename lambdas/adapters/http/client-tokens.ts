import * as v from 'valibot';
import type { ClientCredentials } from '../../domain/provider/check.ts';
import { parseJsonBody } from '../../domain/provider/payload.ts';

const TokenResponse = v.object({ access_token: v.pipe(v.string(), v.nonEmpty()), expires_in: v.number() });

/** Before it ends a token is asked for anew: a request with it takes its time. */
const spareMs = 60_000;
/** A token is used for so long at most, even if the server says that it is valid for longer. */
const longestMs = 3_600_000;

/** A server gives no token that can be used. */
class TokenError extends Error {
  override name = 'TokenError' as const;
}

/** Keeps the tokens of a container: providers count how often they are asked for one. */
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
      const answer = v.safeParse(TokenResponse, parseJsonBody(await request(client, signal)));
      if (!answer.success)
        throw new TokenError(`${client.tokenUrl.host} answered with something else than a token`);
      const { access_token: token, expires_in } = answer.output;
      kept.set(name, { token, untilMs: clockMs() + Math.min(expires_in * 1000, longestMs) - spareMs });
      return token;
    },
    /** What a server no longer takes. */
    forget(client: ClientCredentials): void {
      kept.delete(nameOf(client));
    },
  };
}

import type { ProviderName } from '../lambdas/domain/provider/catalogue.ts';
import { sourceCheckDefaults } from '../lambdas/domain/source-check-defaults.ts';
import type { GivenRequest, RequestOptions, Secrets } from './options.ts';
import type { VerifyResult } from './result.ts';
import { type AnyOptions, verifyGiven } from './verify.ts';

/**
 * Verifies a `Request`, as fetch-style servers have it (Hono, Next.js, Remix, Bun). Reads its body, as bytes.
 *
 * @param options as for `verify`, without the request; `url` is the one that the provider knows, if a proxy changes it
 * @see verify
 * @example
 * export async function POST(request: Request) {
 *   const result = await verifyRequest('github', request, { secret });
 *   return toResponse(result);
 * }
 */
export async function verifyRequest<Name extends ProviderName>(
  provider: Name,
  request: Request,
  options: RequestOptions<Name> & { readonly url?: string },
): Promise<VerifyResult> {
  const { maxBodyBytes = sourceCheckDefaults.maxBodyBytes } = options;
  const { method, headers } = request;
  const body = await bodyOf(request, maxBodyBytes);
  const url = options.url ?? request.url;
  const given: Omit<AnyOptions, keyof GivenRequest> & Secrets = options;
  return verifyGiven(provider, { ...given, url, method, headers, body });
}

/** The response that the provider expects, for a fetch-style server. */
export function toResponse({ response: { status, headers, body } }: VerifyResult): Response {
  return new Response(body === '' ? null : body, { status, headers });
}

/** Stops reading a body that is over the limit: the check then refuses it by its length. */
async function bodyOf({ body }: Request, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > maxBytes) break;
  }
  return Buffer.concat(chunks);
}

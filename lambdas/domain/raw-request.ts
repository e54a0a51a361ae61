import { type Form, readForm } from './provider/form.ts';

/** A request as received. Signatures are checked over these bytes, never over re-encoded text. */
export interface RawRequest {
  readonly method: string;
  /** The public URL with its query; never from the `Host` header. */
  readonly url: string;
  /** Names in lower case. A map, so that a name such as `__proto__` is harmless. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** The address of the connection, never from a header. */
  readonly sourceIp: string;
}

/**
 * Reads the query of a request's URL. Takes it from the text, because a gateway's host name may not be a valid one.
 *
 * @returns undefined when it has too many fields
 */
export const queryOf = (request: Pick<RawRequest, 'url'>): Form | undefined => readForm(queryTextOf(request));

/** The raw query of the URL, without its `?`. */
export const queryTextOf = ({ url }: Pick<RawRequest, 'url'>): string =>
  url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';

/** The path of a request's URL. */
export const pathOf = ({ url }: Pick<RawRequest, 'url'>): string =>
  /^https?:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] || '/';

/**
 * Returns the request with the URL that its provider knows, behind a proxy or custom domain. Keeps the request's query.
 */
export function withPublicUrl(request: RawRequest, publicUrl: string | undefined): RawRequest {
  if (publicUrl === undefined) return request;
  const at = request.url.indexOf('?');
  return { ...request, url: at < 0 ? publicUrl : publicUrl + request.url.slice(at) };
}

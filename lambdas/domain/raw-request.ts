import { type Form, readForm } from './provider/form.ts';

/** A request as it came in: what is signed are these bytes, never text that was decoded and encoded again. */
export interface RawRequest {
  readonly method: string;
  /** The public URL with its query; never from the `Host` header. */
  readonly url: string;
  /** Names in lower case; a map, so that a hostile name is only a name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** From the connection, never from a header. */
  readonly sourceIp: string;
}

/**
 * The query of a request's URL; taken from the text, since a gateway may call itself by a name that is not a valid host.
 *
 * @returns undefined when it has too many fields
 */
export const queryOf = (request: Pick<RawRequest, 'url'>): Form | undefined => readForm(queryTextOf(request));

/** The query as it stands in the URL, without its `?`. */
export const queryTextOf = ({ url }: Pick<RawRequest, 'url'>): string =>
  url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';

/** The path of a request's URL. */
export const pathOf = ({ url }: Pick<RawRequest, 'url'>): string =>
  /^https?:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] || '/';

/** The request as its provider knows it, where a proxy or a domain of the source stands in front; the query is the caller's. */
export function withPublicUrl(request: RawRequest, publicUrl: string | undefined): RawRequest {
  if (publicUrl === undefined) return request;
  const at = request.url.indexOf('?');
  return { ...request, url: at < 0 ? publicUrl : publicUrl + request.url.slice(at) };
}

import type { RawRequest } from '../lambdas/domain/raw-request.ts';
import type { GivenHeaders, GivenRequest } from './options.ts';

/** The URL of a request that was given without one. No provider signs it. */
const noUrl = 'https://url-not-given.invalid/';

/** Makes the receiver's form of a request. @throws TypeError when the body was parsed */
export function rawRequestOf({ headers, body, url = noUrl, method = 'POST' }: GivenRequest): RawRequest {
  return { method, url, headers: headerMap(headers), body: bytesOf(body), sourceIp: '' };
}

/** Node gives a repeated header as a list only where it may not be joined; a `Headers` object joins it. */
function headerMap(headers: GivenHeaders): ReadonlyMap<string, string> {
  const pairs = isIterable(headers) ? [...headers] : Object.entries(headers);
  return new Map(
    pairs.flatMap(([name, value]) =>
      value === undefined
        ? []
        : [[name.toLowerCase(), typeof value === 'string' ? value : value.join(', ')] as const],
    ),
  );
}

const isIterable = (headers: GivenHeaders): headers is Iterable<readonly [string, string]> =>
  Symbol.iterator in headers;

function bytesOf(body: unknown): Uint8Array {
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (body instanceof Uint8Array) return body;
  throw new TypeError(
    'body must be the bytes as received, or their text: a parsed body cannot be verified. Read it before a body parser does, e.g. with express.raw({ type: () => true }).',
  );
}

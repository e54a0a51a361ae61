import * as v from 'valibot';
import { parseJson } from '../../lambdas/domain/json.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import { RefusedError } from '../terminal/errors.ts';

const Captured = v.object({
  method: v.optional(v.string(), 'POST'),
  url: v.optional(v.string()),
  headers: v.record(v.string(), v.union([v.string(), v.array(v.string())])),
  body: v.optional(v.string()),
  bodyBase64: v.optional(v.string()),
  /** As in an event of API Gateway. */
  isBase64Encoded: v.optional(v.boolean(), false),
  rawQueryString: v.optional(v.string(), ''),
  sourceIp: v.optional(v.string()),
});

/**
 * Reads a captured request: JSON or raw HTTP.
 *
 * @param file the bytes of the file
 * @param defaultUrl the source's URL, used because the file may name the host and path of a proxy
 * @throws RefusedError with the expected format
 */
export function readCapturedRequest(file: Uint8Array, defaultUrl: string): RawRequest {
  return file[0] === '{'.charCodeAt(0) ? fromJson(file, defaultUrl) : fromWire(file, defaultUrl);
}

const expected =
  'It must be JSON with headers and body or bodyBase64, or raw HTTP: a line such as POST /path HTTP/1.1, the headers, an empty line and the body.';

function fromJson(file: Uint8Array, defaultUrl: string): RawRequest {
  const parsed = v.safeParse(Captured, parseJson(Buffer.from(file).toString('utf8')));
  if (!parsed.success) throw new RefusedError(`The captured request cannot be read. ${expected}`);
  const { method, url, body = '', bodyBase64, isBase64Encoded, rawQueryString, sourceIp } = parsed.output;
  const base64 = bodyBase64 ?? (isBase64Encoded ? body : undefined);
  const bytes = base64 === undefined ? Buffer.from(body) : Buffer.from(base64, 'base64');
  const query = rawQueryString === '' ? '' : `?${rawQueryString}`;
  const headers = Object.entries(parsed.output.headers).map(
    ([name, value]) => [name, [value].flat().join(', ')] as const,
  );
  return requestOf(method, url ?? defaultUrl + query, headers, bytes, sourceIp);
}

function fromWire(file: Uint8Array, defaultUrl: string): RawRequest {
  const text = Buffer.from(file).toString('latin1');
  const [, head = ''] = /^([\s\S]*?)(?:\r?\n){2}/.exec(text) ?? [];
  const [first = '', ...lines] = head.split(/\r?\n/);
  const [, method, target] = /^([A-Z]+) (\S+)/.exec(first) ?? [];
  if (method === undefined || target === undefined)
    throw new RefusedError(`The captured request cannot be read. ${expected}`);
  const headers = lines.map((line) => splitHeader(line));
  const bodyStart = (/^[\s\S]*?(?:\r?\n){2}/.exec(text)?.[0] ?? text).length;
  const query = target.includes('?') ? target.slice(target.indexOf('?')) : '';
  const body = withoutAddedLineEnd(file.subarray(bodyStart), headers);
  return requestOf(method, defaultUrl + query, headers, body);
}

type Headers = readonly (readonly [name: string, value: string])[];

/** Removes the line end that an editor added, if content-length shows that it was not in the request. */
function withoutAddedLineEnd(body: Uint8Array, headers: Headers): Uint8Array {
  const stated = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1]);
  const rest = Buffer.from(body.subarray(stated)).toString('latin1');
  return stated <= body.length && /^\r?\n$/.test(rest) ? body.subarray(0, stated) : body;
}

const splitHeader = (line: string): [string, string] => {
  const at = line.indexOf(':');
  return [line.slice(0, at), line.slice(at + 1).trim()];
};

const requestOf = (
  method: string,
  url: string,
  headers: Headers,
  body: Uint8Array,
  sourceIp = '',
): RawRequest => ({
  method,
  url,
  headers: new Map(headers.map(([name, value]) => [name.toLowerCase(), value])),
  body,
  sourceIp,
});

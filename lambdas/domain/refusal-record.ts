import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Provider } from './provider/provider.ts';
import { pathOf, queryOf, type RawRequest } from './raw-request.ts';
import { inboundPrefix } from './tables.ts';
import type { UnixMillis } from './time.ts';

/** What is kept of a refused request: no value of a header and nothing of the body, unless the source asks for it. */
export const RefusalRecord = v.object({
  v: v.literal(1),
  source: v.string(),
  /** Unix milliseconds. */
  at: v.number(),
  status: v.number(),
  error: v.string(),
  reason: v.string(),
  correlationId: v.string(),
  sourceIp: v.string(),
  method: v.string(),
  /** Without the query. */
  path: v.string(),
  queryNames: v.optional(v.array(v.string())),
  headerNames: v.array(v.string()),
  bodyBytes: v.number(),
  bodySha256: v.string(),
  /** With `keepRefusedRequests`: the whole request; credentials are `***`. */
  request: v.optional(
    v.object({
      url: v.string(),
      headers: v.record(v.string(), v.string()),
      /** Absent when the body is too large to keep, or carries the secret. */
      bodyBase64: v.optional(v.string()),
    }),
  ),
});
export type RefusalRecord = v.InferOutput<typeof RefusalRecord>;

/** Where the records of a source are. */
export const refusalsOf = (source: string): string => `${inboundPrefix(source)}refused/`;

/** One for each minute of an hour: at most sixty of a source, the newer in the place of the older. */
export function refusalKey(source: string, at: UnixMillis): string {
  const minute = Math.floor(at / 60_000) % 60;
  return `${refusalsOf(source)}${String(minute).padStart(2, '0')}`;
}

/** Larger bodies than any signature problem needs. */
const maxKeptBodyBytes = 64 * 1024;

/** What the record of one refusal is made from. */
export interface RefusedRequest {
  readonly source: string;
  readonly request: RawRequest;
  readonly provider: Provider;
  readonly refusal: { readonly status: number; readonly error: string; readonly reason: string };
  readonly correlationId: string;
  readonly at: UnixMillis;
  /** Keep values and the body, too. */
  readonly whole: boolean;
}

/** The record of one refusal. */
export function refusalRecord(refused: RefusedRequest): RefusalRecord {
  const { source, request, provider, refusal, correlationId, at, whole } = refused;
  return {
    v: 1,
    source,
    at,
    status: refusal.status,
    error: refusal.error,
    reason: refusal.reason,
    correlationId,
    sourceIp: request.sourceIp,
    method: request.method,
    path: pathOf(request),
    queryNames: [...(queryOf(request)?.keys() ?? [])],
    headerNames: [...request.headers.keys()].sort(),
    bodyBytes: request.body.byteLength,
    bodySha256: createHash('sha256').update(request.body).digest('hex'),
    ...(whole && { request: wholeRequest(request, provider) }),
  };
}

/** Stands for what may be a credential. */
export const hidden = '***';

function wholeRequest({ url, headers, body }: RawRequest, provider: Provider): RefusalRecord['request'] {
  const secret = new Set(tokenHeaders(provider));
  const isSecret = (name: string) => secret.has(name) || mayBeSecret.test(name);
  const kept = [...headers].map(([name, value]) => [name, isSecret(name) ? hidden : value]);
  const isKept = body.byteLength <= maxKeptBodyBytes && !hasTokenInBody(provider);
  const bodyBase64 = isKept ? Buffer.from(body).toString('base64') : undefined;
  return { url: url.replace(verifyToken, `$1${hidden}`), headers: Object.fromEntries(kept), bodyBase64 };
}

/** Of whatever sent the request, proxies between included. */
const mayBeSecret = /authorization|cookie|token|secret|password|api-?key/;

/** What Meta shows in a test of the URL. */
const verifyToken = /([?&]hub\.verify_token=)[^&]*/g;

/** Headers that carry the secret itself. */
function tokenHeaders({ signature, otherSignatures = [] }: Provider): string[] {
  const schemes = typeof signature === 'function' ? [] : [signature, ...otherSignatures];
  return schemes
    .filter(({ versions }) => Object.values(versions).some(({ key }) => key === 'token'))
    .map(({ header }) => header);
}

/** A token that no header has, such as the client state of Microsoft Graph. */
const hasTokenInBody = ({ secret, signature }: Provider): boolean =>
  secret === 'token' && typeof signature === 'function';

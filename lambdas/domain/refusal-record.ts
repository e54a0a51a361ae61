import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { MillisNumber } from './instant-fields.ts';
import type { Provider } from './provider/provider.ts';
import { pathOf, type RawRequest } from './raw-request.ts';
import { keptRequest, queryNamesOf } from './redacted-request.ts';
import { inboundPrefix } from './tables.ts';
import type { UnixMillis } from './time.ts';

/** The record of a refused request, without header values and body unless the source sets `keepRefusedRequests`. */
export const RefusalRecord = v.object({
  v: v.literal(1),
  source: v.string(),
  /** Unix milliseconds. */
  at: MillisNumber,
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
  /** With `keepRefusedRequests`: the whole request, with `***` for credentials and the values of the query. */
  request: v.optional(
    v.object({
      url: v.string(),
      headers: v.record(v.string(), v.string()),
      /** Absent when the body is too large to keep, or may carry a secret. */
      bodyBase64: v.optional(v.string()),
      /** The omitted parts, and why. */
      leftOut: v.optional(v.array(v.string())),
    }),
  ),
});
export type RefusalRecord = v.InferOutput<typeof RefusalRecord>;

/** The prefix of a source's refusal records. */
export const refusalsOf = (source: string): string => `${inboundPrefix(source)}refused/`;

/**
 * Makes a key from the minute of the hour, so that a source has at most sixty records, and newer ones replace older.
 */
export function refusalKey(source: string, at: UnixMillis): string {
  const minute = Math.floor(at / 60_000) % 60;
  return `${refusalsOf(source)}${String(minute).padStart(2, '0')}`;
}

/** The data for the record of one refusal. */
export interface RefusedRequest {
  readonly source: string;
  readonly request: RawRequest;
  readonly provider: Provider;
  readonly refusal: { readonly status: number; readonly error: string; readonly reason: string };
  readonly correlationId: string;
  readonly at: UnixMillis;
  /** Also keep header values and the body. */
  readonly whole: boolean;
  /** The source's own keys as texts, none of which may remain in a record. */
  readonly secrets: readonly string[];
}

/** Makes the record of one refusal. */
export function refusalRecord(refused: RefusedRequest): RefusalRecord {
  const { source, request, provider, refusal, correlationId, at, whole, secrets } = refused;
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
    queryNames: queryNamesOf(request.url),
    headerNames: [...request.headers.keys()].sort(),
    bodyBytes: request.body.byteLength,
    bodySha256: createHash('sha256').update(request.body).digest('hex'),
    ...(whole && { request: keptRequest(request, provider, secrets) }),
  };
}

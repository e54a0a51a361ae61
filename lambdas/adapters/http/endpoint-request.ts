import type { LookupAddress } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { hostOf } from '../../domain/destination-rules.ts';
import type { RefusedRanges } from '../../domain/refused-ranges.ts';
import { type Millis, millis } from '../../domain/time.ts';
import { maxHeadBytes } from './await-response.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { exchangeWithin, type HttpResponse, type Open } from './exchange.ts';
import { addressesToTry, checkedAddresses, pinnedLookup } from './guarded-lookup.ts';
import type { Resolve } from './name-resolver.ts';

/** A request to an endpoint. */
export interface EndpointRequest {
  /** The URL, already checked. */
  readonly url: URL;
  /** The host must resolve to this machine only. */
  readonly isLocal: boolean;
  /** The host must not resolve to these, either. @default none */
  readonly refusedRanges?: RefusedRanges;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The time limit for name lookup, TCP and TLS. */
  readonly connectTimeout: Millis;
  /** One deadline over everything up to the response's head. */
  readonly timeout: Millis;
  /** An instant of `performance.now`. */
  readonly startedAt: number;
}

/**
 * Sends one request: resolves the name, checks every address, takes a kept connection to one of them or makes one.
 *
 * The name is resolved for each request, so a kept connection is not used across a change of its addresses.
 *
 * @throws FailedExchange, BlockedAddressError or NameLookupError
 */
export async function sendRequest(
  request: EndpointRequest,
  pool: ConnectionPool,
  resolve: Resolve,
): Promise<HttpResponse> {
  const { url, isLocal, refusedRanges, body } = request;
  const begunAt = performance.now();
  const hostname = hostOf(url);
  const within = Math.min(request.connectTimeout, left(request.timeout, request.startedAt));
  const addresses = await checkedAddresses({ hostname, isLocal, within, refusedRanges }, resolve);
  const connectTimeout = left(request.connectTimeout, begunAt);
  const open = opener(request, addresses, connectTimeout, pool);
  pool.closeUnfit(hostname, addresses);
  return exchangeWithin(open, body, {
    connectTimeout,
    attemptTimeout: left(request.timeout, request.startedAt),
  });
}

/** The rest of a span, rounded to tenths of a second because the error shows it. */
const left = (span: Millis, since: number): Millis =>
  millis(Math.max(0, span - Math.floor((performance.now() - since) / 100) * 100));

/** Node raises a lower value to this. */
const minAddressMs = 10;

function opener(
  { url, headers, body }: EndpointRequest,
  addresses: readonly LookupAddress[],
  connectTimeout: Millis,
  pool: ConnectionPool,
): Open {
  const tried = addressesToTry(addresses);
  const begin = url.protocol === 'http:' ? requestHttp : requestHttps;
  const options = {
    method: 'POST',
    headers: { ...headers, 'Content-Length': body.byteLength },
    lookup: pinnedLookup(tried),
    autoSelectFamily: true,
    // Node gives an address 250 ms: less than a handshake with another continent may take.
    autoSelectFamilyAttemptTimeout: Math.max(minAddressMs, Math.floor(connectTimeout / tried.length)),
    maxHeaderSize: maxHeadBytes,
    rejectUnauthorized: true,
  };
  return (connection) =>
    begin(url, { ...options, agent: connection === 'pooled' ? pool.agentFor(url.protocol) : false });
}

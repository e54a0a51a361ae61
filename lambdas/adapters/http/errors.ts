import type { AttemptOutcome, AttemptPhase, UnreachableCause } from '../../domain/attempt-outcome.ts';
import { NameLookupError } from './name-lookup-error.ts';
import { isOwnFault, ownFaultOf } from './own-fault.ts';
import { ProtocolError } from './protocol-error.ts';
import { tlsFault } from './tls-errors.ts';

/** An attempt timed out. */
export class TimeUpError extends Error {
  override name = 'TimeUpError' as const;
}

/** A name resolved to an address that must not be connected to. */
export class BlockedAddressError extends Error {
  override name = 'BlockedAddressError' as const;
}

/** Where a request failed. */
export interface FailurePlace {
  readonly phase: AttemptPhase;
  /** The URL's host. */
  readonly host: string;
  /** Validity of the endpoint's certificate, as OpenSSL writes it. */
  readonly validity?: { readonly from: string; readonly to: string };
}

/** A request that got no response; `cause` is the error. */
export class FailedExchange extends Error {
  override name = 'FailedExchange' as const;
  readonly place: FailurePlace;
  constructor(cause: unknown, place: FailurePlace) {
    super(`failed at ${place.phase}`, { cause });
    this.place = place;
  }
}

const maxErrorChars = 200;

/**
 * Describes a failed request for the endpoint's operator.
 *
 * The text never contains an address that a name resolved to, since it may be a private one.
 *
 * @throws OwnFaultError when the fault is ours, not the endpoint's
 */
export function outcomeOfError(error: unknown): AttemptOutcome {
  const cause = innermost(error);
  if (isOwnFault(cause)) throw ownFaultOf(cause);
  if (cause instanceof BlockedAddressError)
    return { kind: 'blocked', isLiteral: false, error: cause.message.slice(0, maxErrorChars) };
  if (cause instanceof NameLookupError)
    return { kind: 'unreachable', cause: 'dns', phase: 'dns', error: cause.reason.slice(0, maxErrorChars) };
  const place = error instanceof FailedExchange ? error.place : undefined;
  const phase = place?.phase;
  const fault = faultOf(cause, phase, place);
  return { kind: 'unreachable', cause: fault.cause, phase, error: fault.text.slice(0, maxErrorChars) };
}

/** Whether the endpoint closed the connection. */
export const isConnectionLost = (error: unknown): boolean =>
  ['ECONNRESET', 'EPIPE'].includes(codeOf(innermost(error)));

/** Codes of unroutable addresses: the error of a reachable address says more. */
const unrouted = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** Unwraps an error; of the errors of several addresses it picks the last informative one. */
function innermost(error: unknown): unknown {
  if (error instanceof FailedExchange) return innermost(error.cause);
  if (!(error instanceof AggregateError) || error.errors.length === 0) return error;
  const own = error.errors.find(isOwnFault);
  const telling = error.errors.findLast((each) => !unrouted.has(codeOf(each)));
  return innermost(own ?? telling ?? error.errors.at(-1));
}

const connectionFaults: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens on the port, or a firewall rejects it',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network of the host: does its name have an A record (IPv4)?',
  EADDRNOTAVAIL: 'no route to the network of the host: does its name have an A record (IPv4)?',
  ETIMEDOUT: 'the connection timed out: the host does not respond',
  EPIPE: 'the connection was closed while the request was sent',
  EACCES: 'a firewall on the way rejects the connection',
  ECONNABORTED: 'the connection was aborted',
};

interface Fault {
  readonly cause: UnreachableCause;
  readonly text: string;
}

function faultOf(error: unknown, phase: AttemptPhase | undefined, place: FailurePlace | undefined): Fault {
  const code = codeOf(error);
  const host = place?.host ?? 'the host';
  const coded = (text: string): string => (code === '' ? text : `${text} (${code})`);
  if (error instanceof TimeUpError) return { cause: 'timeout', text: error.message };
  if (error instanceof ProtocolError) return { cause: 'protocol', text: error.message };
  const tls = phase === 'connect' ? undefined : tlsFault(error, code, host, phase, place?.validity);
  if (tls !== undefined) return { cause: 'tls', text: tls };
  if (code === 'ECONNRESET') return { cause: 'network', text: coded(resetIn(phase)) };
  if (/^(HPE_|ERR_HTTP|ERR_INVALID|ERR_UNESCAPED)/.test(code))
    return { cause: 'protocol', text: coded('the response is not HTTP/1.1') };
  const text = coded(connectionFaults[code] ?? 'the connection failed');
  return { cause: code === 'ETIMEDOUT' ? 'timeout' : 'network', text };
}

/** The text for a connection that the endpoint closed before it sent anything. */
export const closedWithoutResponse = 'connection closed without a response';

function resetIn(phase: AttemptPhase | undefined): string {
  if (phase === 'connect') return 'the connection was reset';
  return phase === 'tls'
    ? 'connection closed during the TLS handshake: does the port serve https, and this host?'
    : closedWithoutResponse;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

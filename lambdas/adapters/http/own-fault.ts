import { isIPv6 } from 'node:net';

/** A request could not be made by a fault of this process or machine: no attempt at the endpoint, which is not to blame. */
export class OwnFaultError extends Error {
  override name = 'OwnFaultError' as const;
  readonly code: string;

  constructor(code: string, what: string, options?: ErrorOptions) {
    super(`${what} (${code})`, options);
    this.code = code;
  }
}

/** No descriptors, no memory, no buffers, no network of our own. @see https://man7.org/linux/man-pages/man2/connect.2.html */
const exhausted = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EAI_MEMORY', 'EAGAIN', 'ENETDOWN']);

/** A firewall of this machine (another's is `EACCES`, or a host that cannot be reached), and mistakes of our code. */
const others = new Set(['EPERM', 'ERR_OUT_OF_RANGE', 'ERR_INVALID_ARG_TYPE', 'ERR_INVALID_ARG_VALUE']);

/**
 * Finds what ran out in this process or machine when a connection was to be made.
 *
 * One address out of several that was not tried for such a fault is enough: the endpoint may have answered there.
 *
 * @returns its code; undefined: nothing ran out
 */
export function exhaustionIn(error: unknown): string | undefined {
  if (error instanceof AggregateError)
    return error.errors.map(exhaustionIn).find((code) => code !== undefined);
  if (!(error instanceof Error)) return undefined;
  const code = codeOf(error);
  return exhausted.has(code) || isOutOfPorts(error, code) ? code : exhaustionIn(error.cause);
}

/** A machine without IPv6 says the same of every IPv6 address. */
const isOutOfPorts = (error: Error, code: string): boolean =>
  code === 'EADDRNOTAVAIL' && !('address' in error && isIPv6(String(error.address)));

/** Whether an error is a fault of this process or its machine: then no endpoint has failed, and the delivery waits. */
export function isOwnFault(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof OwnFaultError) return true;
  if (exhaustionIn(error) !== undefined) return true;
  if (error instanceof AggregateError) return error.errors.some(isOwnFault);
  const code = codeOf(error);
  if (/^ERR_(TLS|SSL|OSSL)/.test(code)) return false;
  return others.has(code) || isBug(error);
}

/** Says what kind of fault of our own an error is. @param error one of which `isOwnFault` */
export function ownFaultOf(error: unknown): OwnFaultError {
  if (error instanceof OwnFaultError) return error;
  const code = exhaustionIn(error);
  if (code !== undefined)
    return new OwnFaultError(code, 'no connection can be made from here', { cause: error });
  const what = error instanceof Error ? codeOf(error) || error.name : 'unknown';
  return new OwnFaultError(what, 'a fault of this deployment, not of the endpoint', { cause: error });
}

const isBug = (error: Error): boolean =>
  [TypeError, RangeError, ReferenceError, SyntaxError, EvalError].some((kind) => error instanceof kind);

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : '';

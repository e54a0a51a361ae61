import { isIPv6 } from 'node:net';

/** A request failed by a fault of this process or machine. It does not count as an attempt at the endpoint. */
export class OwnFaultError extends Error {
  override name = 'OwnFaultError' as const;
  readonly code: string;

  constructor(code: string, what: string, options?: ErrorOptions) {
    super(`${what} (${code})`, options);
    this.code = code;
  }
}

/** Codes for missing descriptors, memory, buffers or network on this machine. @see https://man7.org/linux/man-pages/man2/connect.2.html */
const exhausted = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EAI_MEMORY', 'EAGAIN', 'ENETDOWN']);

/** Codes of this machine's firewall (another's is `EACCES` or an unreachable host) and of bugs in our code. */
const others = new Set(['EPERM', 'ERR_OUT_OF_RANGE', 'ERR_INVALID_ARG_TYPE', 'ERR_INVALID_ARG_VALUE']);

/**
 * Finds which resource of this process or machine was missing for a connection.
 *
 * One such address out of several is enough, since the endpoint may have responded there.
 *
 * @returns the error's code; undefined when nothing was missing
 */
export function exhaustionIn(error: unknown): string | undefined {
  if (error instanceof AggregateError)
    return error.errors.map(exhaustionIn).find((code) => code !== undefined);
  if (!(error instanceof Error)) return undefined;
  const code = codeOf(error);
  return exhausted.has(code) || isOutOfPorts(error, code) ? code : exhaustionIn(error.cause);
}

/** A machine without IPv6 returns the same code for every IPv6 address. */
const isOutOfPorts = (error: Error, code: string): boolean =>
  code === 'EADDRNOTAVAIL' && !('address' in error && isIPv6(String(error.address)));

/** Whether an error is a fault of this process or machine: the delivery then waits, and no endpoint has failed. */
export function isOwnFault(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof OwnFaultError) return true;
  if (exhaustionIn(error) !== undefined) return true;
  if (error instanceof AggregateError) return error.errors.some(isOwnFault);
  const code = codeOf(error);
  if (/^ERR_(TLS|SSL|OSSL)/.test(code)) return false;
  return others.has(code) || isBug(error);
}

/** Wraps an error as our own fault. @param error one for which `isOwnFault` is true */
export function ownFaultOf(error: unknown): OwnFaultError {
  if (error instanceof OwnFaultError) return error;
  const code = exhaustionIn(error);
  if (code !== undefined)
    return new OwnFaultError(code, 'this function cannot open a connection', { cause: error });
  const what = error instanceof Error ? codeOf(error) || error.name : 'unknown';
  return new OwnFaultError(what, 'a fault of this deployment, not of the endpoint', { cause: error });
}

const isBug = (error: Error): boolean =>
  [TypeError, RangeError, ReferenceError, SyntaxError, EvalError].some((kind) => error instanceof kind);

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : '';

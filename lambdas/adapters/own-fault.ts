import { isIPv4 } from 'node:net';

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
const ownCodes = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EAGAIN', 'ENETDOWN']);

/**
 * Finds a fault of our own in what went wrong with a connection.
 *
 * One address out of several that was not tried for such a fault is enough: the endpoint may have answered there.
 *
 * @returns its code; undefined: it is the endpoint's
 */
export function ownFaultIn(error: unknown): string | undefined {
  if (error instanceof AggregateError) return error.errors.map(ownFaultIn).find((code) => code !== undefined);
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const isOwn = error instanceof OwnFaultError || ownCodes.has(code) || isOutOfPorts(error, code);
  return isOwn ? code : ownFaultIn(error.cause);
}

/** A machine without IPv6 says the same of every IPv6 address. */
const isOutOfPorts = (error: Error, code: string): boolean =>
  code === 'EADDRNOTAVAIL' && 'address' in error && isIPv4(String(error.address));

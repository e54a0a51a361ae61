import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { checkAddress, isLoopback } from '../domain/destination.ts';
import { BlockedAddressError } from './http-errors.ts';

/** What resolves names. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Resolves a name for a connection, and refuses it unless every address is allowed: whatever the connection picks, it is
 * one that was checked.
 *
 * @param isLocal the name is this machine's own, and has to stay so
 */
export const guardedLookup =
  (isLocal: boolean, resolve: Resolve = lookup): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      const reason = addresses.map((found) => refusalOf(found, isLocal)).find((text) => text !== undefined);
      const [first] = addresses;
      if (reason !== undefined || first === undefined) {
        return callback(new BlockedAddressError(reason ?? `${hostname} has no address`), '');
      }
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };

function refusalOf({ address }: LookupAddress, isLocal: boolean): string | undefined {
  if (isLocal) return isLoopback(address) ? undefined : `${address} is not this machine`;
  const check = checkAddress(address);
  return check.ok ? undefined : check.reason;
}

/** A name that is slow to resolve is not waited for: it is checked again at each connection. */
const longestResolveMs = 2_000;

/**
 * Whether a name leads somewhere that requests may not go to, as far as it resolves now.
 *
 * @returns why; undefined: it does not, or it does not resolve yet
 */
export async function refusalOfName(
  hostname: string,
  resolve: Resolve = lookup,
): Promise<string | undefined> {
  const addresses = await new Promise<readonly LookupAddress[]>((done) => {
    const timer = setTimeout(() => done([]), longestResolveMs);
    resolve(hostname, { all: true }, (error, found) => {
      clearTimeout(timer);
      done(error ? [] : found);
    });
  });
  const refused = addresses.map((found) => refusalOf(found, false)).find((reason) => reason !== undefined);
  return refused && `${hostname} resolves to an address that is not allowed: ${refused}`;
}

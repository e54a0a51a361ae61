import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { checkAddress, isLoopback } from '../domain/destination.ts';
import { BlockedAddressError } from './http-errors.ts';

/**
 * Resolves a name for a connection, and refuses it unless every address is allowed: whatever the connection picks, it is
 * one that was checked.
 *
 * @param isLocal the name is this machine's own, and has to stay so
 */
export const guardedLookup =
  (isLocal: boolean): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
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

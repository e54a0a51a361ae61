import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { checkAddress, isLoopback } from '../../domain/destination-rules.ts';
import type { RefusedRanges } from '../../domain/refused-ranges.ts';
import { BlockedAddressError } from './errors.ts';
import { NameLookupError } from './name-lookup-error.ts';
import type { Resolve } from './name-resolver.ts';
import { OwnFaultError } from './own-fault.ts';

/** A name to look up, and the addresses that it may have. */
export interface Question {
  /** A name, or an address without brackets. */
  readonly hostname: string;
  /** The name must resolve to this machine. */
  readonly isLocal: boolean;
  /** Milliseconds. */
  readonly within: number;
  /** Addresses that it must not have, beside those that are not public. @default none */
  readonly refusedRanges?: RefusedRanges;
}

/** Reports to operators only why a name was refused, because a tenant must not learn its private address. */
export type OnRefused = (hostname: string, reason: string) => void;

/**
 * Resolves a name for a connection, and refuses it unless every address is allowed. So the connection can only use an address
 * that was checked.
 *
 * @returns at least one address
 * @throws BlockedAddressError, whose `cause` is the detail; NameLookupError; OwnFaultError
 */
export async function checkedAddresses(
  question: Question,
  resolve: Resolve,
): Promise<readonly LookupAddress[]> {
  const { hostname, within } = question;
  const family = isIP(hostname);
  const addresses = family === 0 ? await resolved(question, resolve) : [{ address: hostname, family }];
  if (addresses.length === 0) throw new NameLookupError(hostname, 'ENODATA', within);
  const cause = addresses.map((found) => refusalOf(found, question)).find((text) => text !== undefined);
  if (cause === undefined) return addresses;
  const where = question.isLocal ? 'that is not of this machine' : 'that is not public';
  throw new BlockedAddressError(`${hostname} resolves to an address ${where}`, { cause });
}

/** Resolves a name within its time limit, even if the resolver never calls back. */
function resolved({ hostname, within }: Question, resolve: Resolve): Promise<readonly LookupAddress[]> {
  const { promise, resolve: done, reject } = Promise.withResolvers<readonly LookupAddress[]>();
  const timer = setTimeout(() => reject(new NameLookupError(hostname, 'ETIMEOUT', within)), within);
  resolve(hostname, { all: true, within }, (error, addresses) => {
    if (error === null) return done(addresses);
    const isOurs = error instanceof NameLookupError || error instanceof OwnFaultError;
    reject(isOurs ? error : new NameLookupError(hostname, error.code ?? 'ESERVFAIL', within));
  });
  return promise.finally(() => clearTimeout(timer));
}

function refusalOf({ address }: LookupAddress, { isLocal, refusedRanges }: Question): string | undefined {
  if (isLocal) return isLoopback(address) ? undefined : `${address} is not this machine`;
  const check = checkAddress(address, refusedRanges);
  return check.ok ? undefined : check.reason;
}

/** The most addresses to try, because they share the time for a connection. */
const maxTried = 4;

/**
 * The addresses to connect to, in order. The families alternate, IPv4 first, because a function has no IPv6 by default. There are
 * at most four, so that each has enough time.
 */
export function addressesToTry(addresses: readonly LookupAddress[]): readonly LookupAddress[] {
  const v4 = addresses.filter(({ family }) => family === 4);
  const v6 = addresses.filter(({ family }) => family === 6);
  return Array.from({ length: Math.max(v4.length, v6.length) }, (_, index) => index)
    .flatMap((index) => [v4[index], v6[index]])
    .filter((found) => found !== undefined)
    .slice(0, maxTried);
}

/** A `lookup` that returns the checked addresses only, without a DNS query. */
export const pinnedLookup =
  (addresses: readonly LookupAddress[]): LookupFunction =>
  (hostname, options, callback) => {
    const [first] = addresses;
    if (first === undefined) return callback(new NameLookupError(hostname, 'ENODATA', 0), '');
    return options.all ? callback(null, [...addresses]) : callback(null, first.address, first.family);
  };

/** The check does not wait for a slow name, since each connection checks again. */
const longestResolveMs = 2_000;

/**
 * Says why requests to a name would be refused, as far as it resolves now.
 *
 * @returns the reason, without the address; undefined when it is allowed or does not resolve yet
 */
export async function checkHostname(
  hostname: string,
  resolve: Resolve,
  onRefused: OnRefused = () => undefined,
): Promise<string | undefined> {
  try {
    await checkedAddresses({ hostname, isLocal: false, within: longestResolveMs }, resolve);
    return undefined;
  } catch (error) {
    if (!(error instanceof BlockedAddressError)) return undefined;
    onRefused(hostname, String(error.cause));
    return error.message;
  }
}

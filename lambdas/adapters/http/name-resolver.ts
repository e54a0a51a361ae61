import { type LookupAddress, type LookupAllOptions, promises } from 'node:dns';
import { NameLookupError } from './name-lookup-error.ts';
import { OwnFaultError } from './own-fault.ts';

/** Resolves names, with the signature of `dns.lookup`. `within`: the milliseconds that the caller waits. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions & { readonly within: number },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A query, with all callers that wait for it. */
interface Flight {
  readonly resolver: promises.Resolver;
  readonly result: Promise<LookupAddress[]>;
  waiting: number;
}

/** A lost query is repeated after this, then after twice that, and so on. */
const firstTryMs = 1_000;
const tries = 4;

/**
 * Resolves names by queries to the name servers (c-ares), A and AAAA at once.
 *
 * `dns.lookup` blocks one of libuv's few threads while a name server does not respond, and everything else that needs a thread
 * waits. Here such a name delays only its own caller, and the query is cancelled when the caller gives up. Does not use
 * `/etc/hosts` or search domains. `localhost`, and names that end in it, are this machine, without a query.
 *
 * Concurrent queries for one name are merged. Nothing is cached, so each connection uses the current addresses.
 *
 * @param servers in the format of `dns.setServers`. @default those of the machine
 * @see https://nodejs.org/api/dns.html#implementation-considerations
 */
export function nameResolver(servers?: readonly string[]): Resolve {
  const flights = new Map<string, Flight>();

  function begin(name: string, within: number): Flight {
    const resolver = new promises.Resolver({ timeout: firstTryMs, tries });
    if (servers) resolver.setServers(servers);
    const result = bothFamilies(name, resolver, within);
    const flight = { resolver, result, waiting: 0 };
    flights.set(name, flight);
    const end = () => forget(name, flight);
    result.then(end, end);
    return flight;
  }

  function forget(name: string, flight: Flight): void {
    if (flights.get(name) === flight) flights.delete(name);
    flight.resolver.cancel();
  }

  async function waitFor(name: string, within: number): Promise<LookupAddress[]> {
    const flight = flights.get(name) ?? begin(name, within);
    flight.waiting++;
    const { promise: timeUp, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new NameLookupError(name, 'ETIMEOUT', within)), within);
    try {
      return await Promise.race([flight.result, timeUp]);
    } finally {
      clearTimeout(timer);
      flight.waiting--;
      if (flight.waiting === 0) forget(name, flight);
    }
  }

  return (hostname, { within }, callback) => {
    const name = hostname.toLowerCase().replace(/\.$/, '');
    if (name === 'localhost' || name.endsWith('.localhost')) return callback(null, [...thisMachine]);
    waitFor(name, within).then(
      (addresses) => callback(null, addresses),
      (error) => callback(error, []),
    );
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc6761#section-6.3 */
const thisMachine = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
] as const;

/** The result of one address family's query. */
interface FamilyResult {
  readonly addresses: readonly LookupAddress[];
  readonly code?: string;
}

/** The resolution delay of RFC 8305: IPv6 is not used if it is later than IPv4 by more than this. */
const graceForV6 = 50;
/** The longer wait for IPv4, since Lambda has no IPv6 by default: until a lost query has been repeated. */
const graceForV4 = 1_500;
const late: FamilyResult = { addresses: [] };

/** Returns the addresses of both families, IPv4 first, or of one if the other has none, fails, or is late. */
async function bothFamilies(
  name: string,
  resolver: promises.Resolver,
  within: number,
): Promise<LookupAddress[]> {
  const v4 = familyAnswer(resolver.resolve4(name), 4);
  const v6 = familyAnswer(resolver.resolve6(name), 6);
  const graces = new AbortController();
  const unlessLate = (own: Promise<FamilyResult>, other: Promise<FamilyResult>, grace: number) =>
    Promise.race([own, lateAfter(other, grace, graces.signal)]);
  const results = await Promise.all([
    unlessLate(v4, v6, Math.min(graceForV4, within / 2)),
    unlessLate(v6, v4, graceForV6),
  ]);
  graces.abort();
  const addresses = results.flatMap((result) => result.addresses);
  if (addresses.length === 0) throw failureOf(name, results, within);
  return addresses;
}

async function familyAnswer(asked: Promise<string[]>, family: 4 | 6): Promise<FamilyResult> {
  try {
    return { addresses: (await asked).map((address) => ({ address, family })) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'ESERVFAIL';
    return { addresses: [], code };
  }
}

/** Settles only when the other family has an address and the wait for this one is over. */
async function lateAfter(
  other: Promise<FamilyResult>,
  grace: number,
  signal: AbortSignal,
): Promise<FamilyResult> {
  const { addresses } = await other;
  if (addresses.length === 0) return new Promise(() => undefined);
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, grace, late);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}

/** Codes of queries that never reached a name server, for lack of a route, a socket or memory. */
const ownCodes = ['ECONNREFUSED', 'ENOMEM', 'EFILE', 'ENOTINITIALIZED'];
/** Codes, the most informative first. */
const byWeight = ['ENOTFOUND', 'ESERVFAIL', 'EREFUSED', 'ETIMEOUT'];

function failureOf(name: string, results: readonly FamilyResult[], within: number): Error {
  const codes = results
    .flatMap(({ code }) => code ?? [])
    .map((code) => (code === 'ECANCELLED' ? 'ETIMEOUT' : code));
  const own = codes.find((code) => ownCodes.includes(code));
  if (own !== undefined)
    return new OwnFaultError(own, 'dns: the name servers of this machine cannot be queried');
  const code =
    byWeight.find((weighty) => codes.includes(weighty)) ?? codes.find((other) => other !== 'ENODATA');
  return new NameLookupError(name, code ?? 'ENODATA', within);
}

import type { ClientCredentials, KeyResponse, ProviderCalls } from '../domain/provider/check.ts';
import { singleFlight } from '../domain/single-flight.ts';
import { later, seconds, type UnixMillis } from '../domain/time.ts';
import { fetchBudget } from './fetch-budget.ts';

/** How long a key is used before it is fetched again. Keys do not change, but they may be withdrawn. */
const cachedFor = seconds(3600);
/** How long a known key is used while its server does not respond. */
const usedUnconfirmedFor = seconds(86_400);
/** The least time between two requests for a known key to a server that failed. */
const askAgainAfter = seconds(60);
/** How long a missing key is cached as missing. It may be published later. */
const unknownFor = seconds(60);

/** Callers choose the names of keys, so made-up names must not use up memory. Each limit is for one source. */
const maxGood = 50;
const maxUnknown = 100;
/** Limits the requests for unknown keys. A provider has a new key once in months; all other names are made up. */
const rate = { burst: 20, perSecond: 1 } as const;
/** How much is cached of a response without a key: only its error code is read. */
const maxUnknownChars = 2048;

/** Too many unknown keys were asked for. A provider does not do that. */
class KeyServerSparedError extends Error {
  override name = 'KeyServerSparedError' as const;
}

interface GoodKey {
  readonly response: KeyResponse;
  /** When its server last returned it. */
  readonly confirmedAt: UnixMillis;
  /** When to fetch it again. */
  askAt: UnixMillis;
}

interface UnknownKey {
  readonly response: KeyResponse;
  readonly until: UnixMillis;
}

/**
 * Caches the keys that a container fetches for one source, missing ones included.
 *
 * Each source has its own cache, so requests forged for one source use up no other source's fetches. A known key costs no
 * budget. It verifies while it is fetched again, and for a day if that fails. It stops when its server says that it is
 * gone.
 */
export function cachingKeys(calls: ProviderCalls, clock: () => UnixMillis): ProviderCalls {
  const known = knownKeys();
  const budget = fetchBudget(rate);
  const asking = singleFlight<KeyResponse>();
  const ask = (name: string, ...asked: Asked): Promise<KeyResponse> =>
    asking.run(name, async () => {
      const response = await calls.fetchKey(...asked);
      known.note(name, response, clock());
      return response;
    });

  /** Fetches a known key again when it is due. Meanwhile the known key is used, and for a day if the fetch fails. */
  async function askAgain(name: string, key: GoodKey, asked: Asked): Promise<KeyResponse> {
    const now = clock();
    if (now < key.askAt) return key.response;
    const mayBeUsed = now < later(key.confirmedAt, usedUnconfirmedFor);
    if (mayBeUsed && asking.isUnderWay(name)) return key.response;
    key.askAt = later(now, askAgainAfter);
    try {
      return await ask(name, ...asked);
    } catch (error) {
      if (mayBeUsed) return key.response;
      throw error;
    }
  }

  return {
    roots: calls.roots,
    visit: calls.visit,
    async fetchKey(...asked) {
      const name = nameOf(asked);
      const now = clock();
      const key = known.good(name);
      if (key !== undefined) return askAgain(name, key, asked);
      const missing = known.missing(name, now);
      if (missing !== undefined) return missing;
      if (!asking.isUnderWay(name) && !budget.take(now))
        throw new KeyServerSparedError(
          'too many unknown keys were asked for; the next request may go in a second',
        );
      return ask(name, ...asked);
    },
  };
}

type Asked = readonly [url: URL, json?: object, client?: ClientCredentials];

/** Names a request by all that its response depends on. A server may show each application other keys. */
const nameOf = ([url, json, client]: Asked): string =>
  [url.href, json && JSON.stringify(json), client?.id].filter((part) => part !== undefined).join(' ');

/** The responses of key servers by the name of the request. */
function knownKeys() {
  const good = new Map<string, GoodKey>();
  const unknown = new Map<string, UnknownKey>();
  return {
    good(name: string): GoodKey | undefined {
      const key = good.get(name);
      if (key !== undefined) keep(good, name, key, maxGood);
      return key;
    },
    missing(name: string, now: UnixMillis): KeyResponse | undefined {
      const key = unknown.get(name);
      return key !== undefined && now < key.until ? key.response : undefined;
    },
    note(name: string, response: KeyResponse, now: UnixMillis): void {
      good.delete(name);
      unknown.delete(name);
      if (response.isThere) {
        keep(good, name, { response, confirmedAt: now, askAt: later(now, cachedFor) }, maxGood);
        return;
      }
      const short = { isThere: false, text: response.text.slice(0, maxUnknownChars) };
      keep(unknown, name, { response: short, until: later(now, unknownFor) }, maxUnknown);
    },
  };
}

/** Puts an entry last. If the map is full, drops the first, which is the least recently used. */
function keep<Entry>(entries: Map<string, Entry>, name: string, entry: Entry, most: number): void {
  entries.delete(name);
  entries.set(name, entry);
  const [oldest] = entries.keys();
  if (entries.size > most && oldest !== undefined) entries.delete(oldest);
}

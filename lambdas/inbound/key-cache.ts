import type { ClientCredentials, KeyResponse, ProviderCalls } from '../domain/provider/check.ts';
import { singleFlight } from '../domain/single-flight.ts';
import { later, seconds, type UnixMillis } from '../domain/time.ts';
import { fetchBudget } from './fetch-budget.ts';

/** A key that its server knows does not change, but it may be withdrawn. */
const cachedFor = seconds(3600);
/** How long a key that was good is used while its server cannot be asked again. */
const usedUnconfirmedFor = seconds(86_400);
/** The least time between two requests to a server that failed, for a key that is in use. */
const askAgainAfter = seconds(60);
/** A key that its server does not know may come. */
const unknownFor = seconds(60);

/** Callers name keys: what they make up must cost neither memory nor requests without end. Of each, for one source. */
const maxGood = 50;
const maxUnknown = 100;
/** Requests for keys that were never good: a provider has a new one in months, and the rest is made up. */
const rate = { burst: 20, perSecond: 1 } as const;
/** Of a response without a key only the error's code is read. */
const maxUnknownChars = 2048;

/** Too many keys were asked for that do not exist: that is no provider. */
class KeyServerSparedError extends Error {
  override name = 'KeyServerSparedError' as const;
}

interface GoodKey {
  readonly response: KeyResponse;
  /** When its server last had it. */
  readonly confirmedAt: UnixMillis;
  /** When to ask for it again. */
  askAt: UnixMillis;
}

interface UnknownKey {
  readonly response: KeyResponse;
  readonly until: UnixMillis;
}

/**
 * Keeps the keys that a container has fetched for one source, and that others do not exist.
 *
 * Made for each source by itself: what is forged for one costs no other its requests. A key that was good once costs no
 * budget; while it is fetched again, and for a day when that fails, it goes on verifying. When its server says that it is
 * gone, it is.
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

  /** A key that was good goes on verifying while it is asked for again, and when that fails. */
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
    get roots() {
      return calls.roots;
    },
    visit: calls.visit,
    async fetchKey(...asked) {
      const name = nameOf(asked);
      const now = clock();
      const key = known.good(name);
      if (key !== undefined) return askAgain(name, key, asked);
      const missing = known.missing(name, now);
      if (missing !== undefined) return missing;
      if (!asking.isUnderWay(name) && !budget.take(now))
        throw new KeyServerSparedError('too many keys that do not exist were asked for lately');
      return ask(name, ...asked);
    },
  };
}

type Asked = readonly [url: URL, json?: object, client?: ClientCredentials];

/** Another application may be shown other keys. */
const nameOf = ([url, json, client]: Asked): string =>
  [url.href, json && JSON.stringify(json), client?.id].filter((part) => part !== undefined).join(' ');

/** What servers said of keys. */
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

/** Puts an entry last; if the map is full, it drops the first, which was used longest ago. */
function keep<Entry>(entries: Map<string, Entry>, name: string, entry: Entry, most: number): void {
  entries.delete(name);
  entries.set(name, entry);
  const [oldest] = entries.keys();
  if (entries.size > most && oldest !== undefined) entries.delete(oldest);
}

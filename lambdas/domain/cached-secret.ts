import { briefly } from './cache-for.ts';
import { later, type Seconds, seconds, type UnixMillis } from './time.ts';

/** How long a container uses a secret before it reads it again. */
const cachedFor = seconds(300);
/** A missing or unreadable secret causes at most one read in this time, however many callers wait. */
const readAtMostEvery = seconds(2);

/** The value of a secret, cached for this container. */
export interface CachedSecret<Value> {
  /**
   * Returns the value, read at most `maxAge` ago; by default five minutes.
   *
   * @throws the error of the read, and the same one for two seconds
   */
  get(now: UnixMillis, maxAge?: Seconds): Promise<Value>;
  /**
   * Reads the secret again.
   *
   * @returns undefined when the last read was less than two seconds ago
   * @throws the error of the read, and the same one for two seconds
   */
  reread(now: UnixMillis): Promise<Value | undefined>;
  /** Discards the value, and the error if there is one. The next call reads the secret. */
  forget(): void;
}

/**
 * Caches the result of reading a secret. Errors are cached for two seconds only.
 *
 * @param isUsable checked at each `get`; a value that is not usable is cached for two seconds only
 */
export function cachedSecret<Value>(
  read: (now: UnixMillis) => Promise<Value>,
  isUsable: (value: Value, now: UnixMillis) => boolean = () => true,
): CachedSecret<Value> {
  let known: { readonly readAt: UnixMillis; readonly value: Value } | undefined;
  const reading = briefly(readAtMostEvery, async (now): Promise<Value> => {
    const value = await read(now);
    known = { readAt: now, value };
    return value;
  });
  return {
    async get(now, maxAge = cachedFor) {
      if (known !== undefined && now < later(known.readAt, maxAge) && isUsable(known.value, now))
        return known.value;
      return reading.get(now);
    },
    async reread(now) {
      const isTooSoon = known !== undefined && now < later(known.readAt, readAtMostEvery);
      return isTooSoon ? undefined : reading.get(now);
    },
    forget() {
      known = undefined;
      reading.forget();
    },
  };
}

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
}

/** Caches what a read of a secret's versions returns. Errors are cached for two seconds only. */
export function cachedSecret<Value>(read: (now: UnixMillis) => Promise<Value>): CachedSecret<Value> {
  let known: { readonly readAt: UnixMillis; readonly value: Value } | undefined;
  const reading = briefly(readAtMostEvery, async (now): Promise<Value> => {
    const value = await read(now);
    known = { readAt: now, value };
    return value;
  });
  return {
    async get(now, maxAge = cachedFor) {
      if (known !== undefined && now < later(known.readAt, maxAge)) return known.value;
      return reading.get(now);
    },
  };
}

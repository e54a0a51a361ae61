import { singleFlight } from './single-flight.ts';
import { later, type Seconds, type UnixMillis } from './time.ts';

type Outcome<Result> = { readonly result: Result } | { readonly error: unknown };

/**
 * Caches the result or the error of a read for a span of time. A caller that comes while a read is running waits for
 * it.
 */
export function briefly<Result>(
  span: Seconds,
  read: (now: UnixMillis) => Promise<Result>,
): { get(now: UnixMillis): Promise<Result>; forget(): void } {
  const reading = singleFlight<Outcome<Result>>();
  let last: { readonly until: UnixMillis; readonly outcome: Outcome<Result> } | undefined;

  async function outcomeOf(now: UnixMillis): Promise<Outcome<Result>> {
    try {
      return { result: await read(now) };
    } catch (error) {
      return { error };
    }
  }

  return {
    /** @throws what the read threw */
    async get(now) {
      if (last === undefined || now >= last.until) {
        const outcome = await reading.run('read', () => outcomeOf(now));
        last = { until: later(now, span), outcome };
      }
      if ('error' in last.outcome) throw last.outcome.error;
      return last.outcome.result;
    },
    forget() {
      last = undefined;
    },
  };
}

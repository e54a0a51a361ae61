import { slowestSchedule } from '../domain/endpoint.ts';
import { deliveryLifetime } from '../domain/retry-schedule.ts';
import { days, later, type Seconds, seconds, type UnixMillis, unixMillis } from '../domain/time.ts';
import { longestHold } from '../outbound/hold-delivery.ts';
import { beforeInstant, type Wanted } from './list-deliveries.ts';
import { Problem } from './problem.ts';

/** As far back as a list goes that does not say. */
const listedFor = days(30);
/** From a delivery's creation to its end, unless it is sent again by hand. */
const longestUnfinished = seconds(deliveryLifetime(slowestSchedule) / 1000 + longestHold);

/** What a caller says about the time. */
interface Asked {
  readonly since?: UnixMillis;
  readonly until?: UnixMillis;
  /** Where the page before ended. */
  readonly before?: string;
}

/**
 * The part of the time that a list goes through: days on which nothing can have been created yet, and those of which
 * nothing is kept any more, are left out.
 *
 * @param retention how long a finished delivery is kept
 * @throws Problem when it ends before it begins
 */
export function listedSpan(
  asked: Asked,
  now: UnixMillis,
  retention: Seconds,
): Pick<Wanted, 'since' | 'before'> {
  if (asked.since !== undefined && asked.until !== undefined && asked.until < asked.since) {
    throw new Problem('invalid-request', 'until: is before since', [
      { path: 'until', message: 'is before since' },
    ]);
  }
  const until = earlier(asked.until ?? now, now);
  const since = asked.since ?? later(until, seconds(-listedFor));
  const oldest = later(now, seconds(-(longestUnfinished + retention)));
  return {
    since: unixMillis(Math.max(since, oldest)),
    before: earlier(asked.before ?? beforeInstant(until), beforeInstant(now)),
  };
}

const earlier = <Place extends number | string>(one: Place, other: Place): Place =>
  one < other ? one : other;

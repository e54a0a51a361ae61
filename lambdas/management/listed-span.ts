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
}

/**
 * The part of a span that deliveries can be of: not the days on which nothing can have been created yet, nor those of
 * which nothing is kept any more.
 *
 * @param retention how long a finished delivery is kept
 * @throws Problem when it ends before it begins
 */
export function keptSpan(asked: Asked, now: UnixMillis, retention: Seconds): Required<Asked> {
  if (asked.since !== undefined && asked.until !== undefined && asked.until < asked.since) {
    const message = 'expected an instant that is not before since';
    throw new Problem('invalid-request', `until: ${message}`, [{ path: 'until', message }]);
  }
  const until = earlier(asked.until ?? now, now);
  const since = asked.since ?? later(until, seconds(-listedFor));
  const oldest = later(now, seconds(-(longestUnfinished + retention)));
  return { since: unixMillis(Math.max(since, oldest)), until };
}

/** The part of the time that a list goes through. @param asked with `before`: where the page before ended */
export function listedSpan(
  asked: Asked & { readonly before?: string },
  now: UnixMillis,
  retention: Seconds,
): Pick<Wanted, 'since' | 'before'> {
  const { since, until } = keptSpan(asked, now, retention);
  return { since, before: earlier(asked.before ?? beforeInstant(until), beforeInstant(now)) };
}

const earlier = <Place extends number | string>(one: Place, other: Place): Place =>
  one < other ? one : other;

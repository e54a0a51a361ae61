import { slowestSchedule } from '../domain/endpoint.ts';
import { deliveryLifetime } from '../domain/retry-schedule.ts';
import { days, later, type Seconds, seconds, type UnixMillis, unixMillis } from '../domain/time.ts';
import { longestHold } from '../outbound/hold-delivery.ts';
import { beforeInstant, type ListQuery } from './list-deliveries.ts';
import { Problem } from './problem.ts';

/** How far a list goes back without `since`. */
const listedFor = days(30);
/** The longest time from a delivery's creation to its end, unless it is replayed. */
const longestUnfinished = seconds(deliveryLifetime(slowestSchedule) / 1000 + longestHold);

/** The time span that a caller asks for. */
interface Asked {
  readonly since?: UnixMillis;
  readonly until?: UnixMillis;
}

/**
 * Cuts a span to the time from which deliveries can exist: not the future, and not the days whose deliveries have all
 * expired.
 *
 * @param retention how long a finished delivery is kept
 * @throws Problem when the span ends before it begins
 */
export function keptSpan(asked: Asked, now: UnixMillis, retention: Seconds): Required<Asked> {
  if (asked.since !== undefined && asked.until !== undefined && asked.until < asked.since) {
    const message = 'expected an instant at or after since';
    throw new Problem('invalid-request', `until: ${message}`, [{ path: 'until', message }]);
  }
  const until = earlier(asked.until ?? now, now);
  const since = asked.since ?? later(until, seconds(-listedFor));
  const oldest = later(now, seconds(-(longestUnfinished + retention)));
  return { since: unixMillis(Math.max(since, oldest)), until };
}

/** The span that a list still has to go through. @param asked with `before`, the end of the previous page */
export function listedSpan(
  asked: Asked & { readonly before?: string },
  now: UnixMillis,
  retention: Seconds,
): Pick<ListQuery, 'since' | 'before'> {
  const { since, until } = keptSpan(asked, now, retention);
  return { since, before: earlier(asked.before ?? beforeInstant(until), beforeInstant(now)) };
}

const earlier = <Place extends number | string>(one: Place, other: Place): Place =>
  one < other ? one : other;

import type { OutboundSettings } from './outbound-settings.ts';
import {
  later,
  type Millis,
  parseHttpDate,
  parseInstant,
  type Seconds,
  seconds,
  secondsUntil,
  toMillis,
  type UnixMillis,
  unixMillis,
} from './time.ts';

/** Spreads retries: a delay is its scheduled value times 0.8 to 1.2. */
const jitter = 0.2;

/** The longest `Retry-After` that is honoured. */
export const maxRetryAfter = seconds(6 * 3600);

/** The longest delay of an SQS message; the sweep sends tasks that are due later. */
export const maxQueueDelay = seconds(900);

/** How long after a delayed task should have arrived the sweep sends it again. */
const taskGrace = seconds(120);
/** How long after its creation the sweep sends a delivery that has not been attempted. */
const firstAttemptGrace = seconds(300);
/** The sweep sends tasks that fall due within this time, with their exact remaining delay. */
const sweepHorizon = seconds(300);
/** The sweep does not send the same task again for this long; doubles each time. */
const firstSweepPause = seconds(900);
const longestSweepPause = seconds(3600);

/**
 * Returns the delay before the next attempt, in whole seconds.
 *
 * Never shorter than `Retry-After`, and otherwise within the jitter of the schedule.
 *
 * @param random from 0 to 1
 */
export function retryDelay(scheduled: Seconds, retryAfter: Seconds | undefined, random: number): Seconds {
  const spread = Math.ceil(scheduled * (1 - jitter + 2 * jitter * random));
  return seconds(Math.max(spread, retryAfter ?? 0));
}

/**
 * Reads `Retry-After`: seconds, also fractional, or a date in any of HTTP's formats.
 *
 * Of several values the longest counts, so that no attempt is earlier than the endpoint asked.
 *
 * @param headers one value or several, as received
 * @returns whole seconds, rounded up, at most 6 hours; undefined when no value can be read
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function parseRetryAfter(
  headers: string | readonly string[] | undefined,
  now: UnixMillis,
): Seconds | undefined {
  const texts = typeof headers === 'string' ? [headers] : (headers ?? []);
  const spans = texts.flatMap((text) => oneOrListed(text.trim(), now));
  // Not `Math.max(...spans)`: a response may have more values than a call may have arguments.
  return spans.reduce<Seconds | undefined>(
    (longest, span) => (longest !== undefined && longest > span ? longest : span),
    undefined,
  );
}

/** The most values read from one header; proxies join repeated headers into a list. */
const maxListed = 10;

function oneOrListed(text: string, now: UnixMillis): Seconds[] {
  const parts = [text, ...text.split(',', maxListed).map((part) => part.trim())];
  const [whole, ...listed] = parts.map((part) => retrySpan(part, now));
  return (whole === undefined ? listed : [whole]).filter((span) => span !== undefined);
}

function retrySpan(text: string, now: UnixMillis): Seconds | undefined {
  if (/^\d+(\.\d*)?(e\+?\d+)?$/i.test(text)) return seconds(Math.min(Math.ceil(Number(text)), maxRetryAfter));
  const at = parseHttpDate(text, now) ?? parseInstant(text);
  return at === undefined ? undefined : seconds(Math.min(secondsUntil(at, now), maxRetryAfter));
}

/** When the sweep must act on deliveries that were just created, released or replayed. */
export const dueAfterCreation = (createdAt: UnixMillis): UnixMillis => later(createdAt, firstAttemptGrace);

/** Manifests made before this instant are old enough for the sweep. */
export const newestToLookAt = (now: UnixMillis): UnixMillis =>
  unixMillis(now - toMillis(firstAttemptGrace) + 1);

/** When the sweep must act on a retry. */
export function dueForRetry(nextAttemptAt: UnixMillis, delay: Seconds): UnixMillis {
  return delay <= maxQueueDelay ? later(nextAttemptAt, taskGrace) : sweepAt(nextAttemptAt);
}

/** When the sweep sends a task that is due later than SQS can delay it. */
export const sweepAt = (nextAttemptAt: UnixMillis): UnixMillis =>
  unixMillis(nextAttemptAt - toMillis(sweepHorizon));

/** When the sweep next looks at a delivery that it has just sent. */
export function dueAfterSweep(sweeps: number, now: UnixMillis): UnixMillis {
  return later(now, seconds(Math.min(firstSweepPause * 2 ** sweeps, longestSweepPause)));
}

/** The longest time that a round of attempts can take, with every delay and every response as slow as allowed. */
export function deliveryLifetime({
  retryDelays,
  attemptTimeout,
}: Pick<OutboundSettings, 'retryDelays' | 'attemptTimeout'>): Millis {
  const scheduled = retryDelays.reduce((sum, delay) => sum + delay, 0) * (1 + jitter);
  const attempts = (retryDelays.length + 1) * (attemptTimeout / 1000 + maxRetryAfter);
  return toMillis(seconds(Math.ceil(scheduled + attempts) + 3600));
}

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

/** Spread against herds: a delay is its schedule's value times 0.8 to 1.2. */
const jitter = 0.2;

/** An endpoint may ask for patience, not for ever. */
export const maxRetryAfter = seconds(6 * 3600);

/** The most that SQS carries; what is later is the sweep's to send. */
export const maxQueueDelay = seconds(900);

/** The sweep steps in this long after a task that SQS carries should have arrived. */
const taskGrace = seconds(120);
/** What is accepted must have been attempted by then. */
const firstAttemptGrace = seconds(300);
/** The sweep sends what falls due within this, with its exact remaining delay. */
const sweepHorizon = seconds(300);
/** What the sweep sent is not sent again for this long, doubling. */
const firstSweepPause = seconds(900);
const longestSweepPause = seconds(3600);

/**
 * The delay before the next attempt.
 *
 * Never shorter than the endpoint asked for, never more than the jitter away from the schedule, in whole seconds.
 *
 * @param random from 0 to 1
 */
export function retryDelay(scheduled: Seconds, retryAfter: Seconds | undefined, random: number): Seconds {
  const spread = Math.ceil(scheduled * (1 - jitter + 2 * jitter * random));
  return seconds(Math.max(spread, retryAfter ?? 0));
}

/**
 * Reads `Retry-After`: seconds, whole or not, or a date in any of HTTP's forms.
 *
 * Of several the longest counts: an endpoint is never asked sooner than it said.
 *
 * @param headers one value or several, as received
 * @returns whole seconds, rounded up, at most 6 hours; undefined when no value is one of these
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function parseRetryAfter(
  headers: string | readonly string[] | undefined,
  now: UnixMillis,
): Seconds | undefined {
  const texts = typeof headers === 'string' ? [headers] : (headers ?? []);
  const spans = texts.flatMap((text) => oneOrListed(text.trim(), now));
  // One by one: an answer's head holds more values than a call takes arguments.
  return spans.reduce<Seconds | undefined>(
    (longest, span) => (longest !== undefined && longest > span ? longest : span),
    undefined,
  );
}

/** The most values of one header that are looked at: a list is what proxies make of two headers. */
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

/** When the sweep must step in for a delivery that was just created, released or replayed. */
export const dueAfterCreation = (createdAt: UnixMillis): UnixMillis => later(createdAt, firstAttemptGrace);

/** When the sweep must step in for a retry. */
export function dueForRetry(nextAttemptAt: UnixMillis, delay: Seconds): UnixMillis {
  return delay <= maxQueueDelay ? later(nextAttemptAt, taskGrace) : sweepAt(nextAttemptAt);
}

/** When the sweep sends a task that no queue carries yet. */
export const sweepAt = (nextAttemptAt: UnixMillis): UnixMillis =>
  unixMillis(nextAttemptAt - toMillis(sweepHorizon));

/** When the sweep looks again at what it has just dealt with. */
export function dueAfterSweep(sweeps: number, now: UnixMillis): UnixMillis {
  return later(now, seconds(Math.min(firstSweepPause * 2 ** sweeps, longestSweepPause)));
}

/** How long a round of attempts can last at most, with every delay and every answer as slow as allowed. */
export function deliveryLifetime({
  retryDelays,
  attemptTimeout,
}: Pick<OutboundSettings, 'retryDelays' | 'attemptTimeout'>): Millis {
  const scheduled = retryDelays.reduce((sum, delay) => sum + delay, 0) * (1 + jitter);
  const attempts = (retryDelays.length + 1) * (attemptTimeout / 1000 + maxRetryAfter);
  return toMillis(seconds(Math.ceil(scheduled + attempts) + 3600));
}

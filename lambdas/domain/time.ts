declare const unit: unique symbol;
type InUnit<Unit extends string> = number & { readonly [unit]: Unit };

/** An instant: whole seconds since 1970-01-01T00:00:00Z. */
export type UnixSeconds = InUnit<'unix-seconds'>;
/** An instant: milliseconds since 1970-01-01T00:00:00Z. Every `…At` and `…Until` in a table is one. */
export type UnixMillis = InUnit<'unix-millis'>;
/** A span in seconds. */
export type Seconds = InUnit<'seconds'>;
/** A span in milliseconds. */
export type Millis = InUnit<'millis'>;

export const unixSeconds = (value: number): UnixSeconds => value as UnixSeconds;
export const unixMillis = (value: number): UnixMillis => value as UnixMillis;
export const seconds = (value: number): Seconds => value as Seconds;
export const millis = (value: number): Millis => value as Millis;
export const days = (value: number): Seconds => seconds(value * 86_400);

/** The whole second an instant lies in. */
export const toUnixSeconds = (at: UnixMillis): UnixSeconds => unixSeconds(Math.floor(at / 1000));
export const toMillis = (span: Seconds): Millis => millis(span * 1000);

/** The instant `span` after `at`. */
export const later = (at: UnixMillis, span: Seconds): UnixMillis => unixMillis(at + span * 1000);

/** Seconds from `now` until `at`, rounded up so that nothing is early; never negative. */
export const secondsUntil = (at: UnixMillis, now: UnixMillis): Seconds =>
  seconds(Math.max(0, Math.ceil((at - now) / 1000)));

/** 9999-12-31T23:59:59.999Z: what is later has a day of more than ten characters. */
const lastInstant = 253_402_300_799_999;

/** Reads an ISO 8601 instant with a zone, e.g. `2026-12-01T00:00:00Z`; undefined when it is none, or not from 1970 to 9999 in UTC. */
export function parseInstant(text: string): UnixMillis | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const at = Date.parse(text);
  return at >= 0 && at <= lastInstant ? unixMillis(at) : undefined;
}

/** The day in UTC, as `YYYY-MM-DD`. */
export const utcDay = (at: UnixMillis): string => new Date(at).toISOString().slice(0, 10);

/** When a day in UTC begins; `day` is `YYYY-MM-DD`. */
export const dayStart = (day: string): UnixMillis => unixMillis(Date.parse(`${day}T00:00:00Z`));

/** An instant as ISO 8601 in UTC, e.g. `2026-12-01T00:00:00.000Z`. */
export const toIsoInstant = (at: UnixMillis): string => new Date(at).toISOString();

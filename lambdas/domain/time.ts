type InUnit<Unit extends string> = number & { readonly __unit: Unit };

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

/** Rounds an instant down to whole seconds. */
export const toUnixSeconds = (at: UnixMillis): UnixSeconds => unixSeconds(Math.floor(at / 1000));
export const toMillis = (span: Seconds): Millis => millis(span * 1000);

/** The instant `span` after `at`. */
export const later = (at: UnixMillis, span: Seconds): UnixMillis => unixMillis(at + span * 1000);

/** Seconds from `now` until `at`, rounded up, never negative. */
export const secondsUntil = (at: UnixMillis, now: UnixMillis): Seconds =>
  seconds(Math.max(0, Math.ceil((at - now) / 1000)));

/** 9999-12-31T23:59:59.999Z. Later days have more than ten characters. */
const lastInstant = 253_402_300_799_999;

/**
 * Reads an ISO 8601 instant with a zone, e.g. `2026-12-01T00:00:00Z`.
 *
 * @returns undefined for anything else, or outside of 1970 to 9999 UTC
 */
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

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const time = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;
const zone = String.raw`(?:gmt|utc|\+0000)`;
const month = `(?<month>${months.join('|')})`;

/** The three formats that must be accepted. The name of the day is not checked. */
const forms = [
  // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
  String.raw`[a-z]{3,9}, (?<day>\d\d?) ${month} (?<year>\d{4}) ${time} ${zone}`,
  // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
  String.raw`[a-z]{3,9}, (?<day>\d\d?)-${month}-(?<year>\d\d|\d{4}) ${time} ${zone}`,
  // asctime: Sun Nov  6 08:49:37 1994
  String.raw`[a-z]{3,9} ${month} {1,2}(?<day>\d\d?) ${time} (?<year>\d{4})`,
].map((form) => new RegExp(`^${form}$`, 'i'));

/**
 * Reads a date of an HTTP header in any of its three formats.
 *
 * @param now decides the century of a two-digit year, which is at most 50 years ahead
 * @returns undefined when it is not a date
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
 */
export function parseHttpDate(text: string, now: UnixMillis): UnixMillis | undefined {
  const found = forms.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  if (found === undefined) return undefined;
  const { day = '', month: name = '', year = '', hour = '', minute = '', second = '' } = found;
  const index = months.indexOf(name.toLowerCase());
  const at = (fullYear: number) =>
    Date.UTC(fullYear, index, Number(day), Number(hour), Number(minute), Number(second));
  const full = year.length === 2 ? fullYearOf(Number(year), at, now) : Number(year);
  const isOnClock = Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60;
  const isInMonth = new Date(Date.UTC(full, index, Number(day))).getUTCDate() === Number(day);
  return isOnClock && isInMonth ? unixMillis(at(full)) : undefined;
}

/** The year of two digits in this century, or in the last one if that is more than 50 years ahead. */
function fullYearOf(digits: number, at: (year: number) => number, now: UnixMillis): number {
  const today = new Date(now);
  const year = Math.floor(today.getUTCFullYear() / 100) * 100 + digits;
  const limit = new Date(now).setUTCFullYear(today.getUTCFullYear() + 50);
  return at(year) > limit ? year - 100 : year;
}

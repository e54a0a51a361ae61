import { type UnixMillis, unixMillis } from './time.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const time = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;
const zone = String.raw`(?:gmt|utc|\+0000)`;
const month = `(?<month>${months.join('|')})`;

/** The three forms that a recipient must read. The day's name says nothing that the date does not. */
const forms = [
  // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
  String.raw`[a-z]{3,9}, (?<day>\d\d?) ${month} (?<year>\d{4}) ${time} ${zone}`,
  // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
  String.raw`[a-z]{3,9}, (?<day>\d\d?)-${month}-(?<year>\d\d|\d{4}) ${time} ${zone}`,
  // asctime: Sun Nov  6 08:49:37 1994
  String.raw`[a-z]{3,9} ${month} {1,2}(?<day>\d\d?) ${time} (?<year>\d{4})`,
].map((form) => new RegExp(`^${form}$`, 'i'));

/**
 * Reads a date of an HTTP header in any of its three forms.
 *
 * @param now for a year of two digits, which is never more than 50 years ahead
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

/** Of two digits: in this century, unless that is more than 50 years ahead. */
function fullYearOf(digits: number, at: (year: number) => number, now: UnixMillis): number {
  const today = new Date(now);
  const year = Math.floor(today.getUTCFullYear() / 100) * 100 + digits;
  const limit = new Date(now).setUTCFullYear(today.getUTCFullYear() + 50);
  return at(year) > limit ? year - 100 : year;
}

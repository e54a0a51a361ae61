import { parseInstant, type UnixMillis, unixMillis } from '../time.ts';
import type { TimestampUnit } from './scheme.ts';

/**
 * Reads a timestamp strictly, in its provider's unit.
 *
 * @returns undefined for anything else: the unit is never guessed, and NaN never passes as "not too old"
 */
export function readInstant(text: string, unit: TimestampUnit): UnixMillis | undefined {
  switch (unit) {
    case 'seconds':
      return /^\d{1,12}$/.test(text) ? unixMillis(Number(text) * 1000) : undefined;
    case 'milliseconds':
      return /^\d{13}$/.test(text) ? unixMillis(Number(text)) : undefined;
    case 'iso':
      return parseInstant(text);
  }
}

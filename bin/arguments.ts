import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError, which commander tells the user */
export function positiveNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1.');
}

/**
 * A day in UTC.
 *
 * @throws InvalidArgumentError, which commander tells the user
 */
export function dayArgument(text: string): string {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('It must be a day as YYYY-MM-DD (UTC).');
}

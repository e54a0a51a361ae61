import { InvalidArgumentError } from 'commander';

const factors: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, b: 1e9 };
const mostEvents = 1e12;

/** @throws InvalidArgumentError with the accepted form, which commander prints */
export function count(text: string): number {
  const value = countIn(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError('Write a whole number from 0 to 1000B, such as 2500000, 250k or 10M.');
}

function countIn(text: string): number | undefined {
  const [, number = '', suffix = ''] = /^(\d{1,13}(?:\.\d{1,9})?) ?([kmb]?)$/i.exec(text) ?? [];
  const value = rounded(Number(number) * (factors[suffix.toLowerCase()] ?? Number.NaN));
  return number !== '' && Number.isInteger(value) && value <= mostEvents ? value : undefined;
}

/** `1.1 * 1e6` is a little more than it should be. */
const rounded = (value: number): number => Number(value.toPrecision(13));

/** @throws InvalidArgumentError with the range, which commander prints */
export const shareUpTo =
  (most: number) =>
  (text: string): number => {
    const value = shareIn(text);
    if (value !== undefined && value <= most) return value;
    throw new InvalidArgumentError(
      `Write a share from 0% to ${most * 100}% with its sign, or as a fraction, such as 2% or 0.02.`,
    );
  };

export const share = shareUpTo(1);

function shareIn(text: string): number | undefined {
  const [, number = '', percent] = /^(\d{1,6}(?:\.\d{1,6})?) ?(%?)$/.exec(text) ?? [];
  return number === '' ? undefined : rounded(Number(number) / (percent ? 100 : 1));
}

/** A number, or a number for each of something else. */
export type CountOrShare = number | { readonly share: number };

/** Reads a count, or a share with its sign or as a fraction, which may exceed 100 %. @throws InvalidArgumentError */
export function countOrShare(text: string): CountOrShare {
  const whole = countIn(text);
  if (whole !== undefined) return whole;
  const part = shareIn(text);
  if (part !== undefined && (text.endsWith('%') || part < 1)) return { share: part };
  throw new InvalidArgumentError(
    'Write a share from 0% to 999999% with its sign, such as 300%, or a whole number from 0 to 1000B, such as 5M.',
  );
}

const units: Readonly<Record<string, number>> = { b: 1, kb: 1000, kib: 1024, mb: 1e6, mib: 1024 ** 2 };

/** @throws InvalidArgumentError with the accepted form, which commander prints */
export const sizeUpTo =
  (mostBytes: number, most: string) =>
  (text: string): number => {
    const [, number = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)\s?(b|kb|kib|mb|mib)?$/i.exec(text) ?? [];
    const value = Math.ceil(rounded(Number(number) * (units[unit.toLowerCase() || 'b'] ?? Number.NaN)));
    if (number !== '' && value >= 1 && value <= mostBytes) return value;
    throw new InvalidArgumentError(`Write a size from 1 B to ${most}, such as 500, 4kB or 64KiB.`);
  };

/**
 * @param ending the end of the message, after the range: the unit, or the reason for the limit
 * @throws InvalidArgumentError with the range, which commander prints
 */
export const whole =
  (least: number, most: number, ending = '') =>
  (text: string): number => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}${ending}.`);
  };

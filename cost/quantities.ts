import { InvalidArgumentError } from 'commander';

const factors: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, b: 1e9 };

/** @throws InvalidArgumentError with the form that it takes, which commander tells the user */
export function count(text: string): number {
  const [, number = '', suffix = ''] = /^(\d{1,12}(?:\.\d{1,6})?)([kmb]?)$/i.exec(text) ?? [];
  const value = Number(number) * (factors[suffix.toLowerCase()] ?? Number.NaN);
  if (number !== '' && Number.isInteger(value) && value <= 1e12) return value;
  throw new InvalidArgumentError('Write a whole number of events, such as 2500000, 250k or 10M.');
}

/** @throws InvalidArgumentError with the form that it takes, which commander tells the user */
export function share(text: string): number {
  const [, number = '', percent] = /^(\d{1,3}(?:\.\d{1,6})?)(%?)$/.exec(text) ?? [];
  const value = Number(number) / (percent ? 100 : 1);
  if (number !== '' && value <= 1) return value;
  throw new InvalidArgumentError('Write a share, such as 2% or 0.02.');
}

/** @throws InvalidArgumentError with the form that it takes, which commander tells the user */
export function failureRate(text: string): number {
  const value = share(text);
  if (value <= 0.9) return value;
  throw new InvalidArgumentError('At most 90%: beyond that the retries end without a success.');
}

const units: Readonly<Record<string, number>> = { b: 1, kb: 1000, kib: 1024, mb: 1e6, mib: 1024 ** 2 };

/** As much as a message through SQS takes. */
const mostBytes = 1024 ** 2;

/** @throws InvalidArgumentError with the form that it takes, which commander tells the user */
export function size(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)\s?(b|kb|kib|mb|mib)?$/i.exec(text) ?? [];
  const value = Math.ceil(Number(number) * (units[unit.toLowerCase() || 'b'] ?? Number.NaN));
  if (number !== '' && value >= 1 && value <= mostBytes) return value;
  throw new InvalidArgumentError('Write a size from 1 B to 1 MiB, such as 500, 4kB or 64KiB.');
}

/** @throws InvalidArgumentError with the range, which commander tells the user */
export const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}.`);
  };

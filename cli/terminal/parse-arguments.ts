import { InvalidArgumentError } from 'commander';
import * as v from 'valibot';
import { Tenant } from '../../lambdas/domain/endpoint.ts';
import { issueText } from '../../lambdas/domain/issue-text.ts';
import { parseJson } from '../../lambdas/domain/json.ts';
import { isDeeperThan } from '../../lambdas/domain/nesting.ts';
import { DestinationId } from '../../lambdas/domain/publish-message.ts';
import { parseInstant, toIsoInstant, unixMillis } from '../../lambdas/domain/time.ts';
import { EndpointIdField } from '../../lambdas/management/schemas.ts';

/** Parses an argument with a schema. @throws InvalidArgumentError with the broken rule; commander prints it */
const parsedBy =
  <Id extends string>(schema: v.GenericSchema<string, Id>) =>
  (text: string): Id => {
    const result = v.safeParse(schema, text);
    if (result.success) return result.output;
    throw new InvalidArgumentError(`${issueText(result.issues[0])}.`);
  };

/** Both become path segments. */
export const tenantArgument = parsedBy(Tenant);
export const endpointIdArgument = parsedBy(EndpointIdField);
/** Also the name that a publisher gives a URL; no path segment. */
export const destinationIdArgument = parsedBy(DestinationId);

/** @throws InvalidArgumentError, which commander prints */
export function positiveNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 999999999.');
}

/**
 * Parses a day in UTC.
 *
 * @throws InvalidArgumentError, which commander prints
 */
export function dayArgument(text: string): string {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('It must be a day as YYYY-MM-DD (UTC).');
}

/** @throws InvalidArgumentError, which commander prints */
export function nonNegativeNumber(text: string): number {
  if (/^\d{1,9}(\.\d{1,3})?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number from 0 to 999999999, with at most three decimals.');
}

/** Collects the values of a repeatable option. */
export const collected = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  text,
];

/** @throws InvalidArgumentError, which commander prints */
export function jsonArgument(text: string): unknown {
  const value = parseJson(text);
  if (value === undefined) throw new InvalidArgumentError('It must be JSON.');
  if (isDeeperThan(value, maxJsonLevels))
    throw new InvalidArgumentError(`It must have at most ${maxJsonLevels} levels.`);
  return value;
}

/** The management API accepts no more; much deeper JSON cannot be written again. */
const maxJsonLevels = 100;

const spans = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const isSpan = (unit: string): unit is keyof typeof spans => unit in spans;

/**
 * Parses an instant or a time ago: `2026-12-01T00:00:00Z`, `90m`, `2h`, `3d`.
 *
 * @returns ISO 8601
 * @throws InvalidArgumentError, which commander prints
 */
export function instantArgument(text: string): string {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (isSpan(unit)) return toIsoInstant(unixMillis(Date.now() - Number(count) * spans[unit]));
  const at = parseInstant(text);
  if (at !== undefined) return toIsoInstant(at);
  throw new InvalidArgumentError('It must be a time ago (90m, 2h, 3d) or an instant (2026-12-01T00:00:00Z).');
}

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A span such as `30s`, `10m`, `2h` or `1d`. @returns milliseconds */
export function spanArgument(text: string): number {
  const [, count, unit = ''] = /^(\d{1,4})([smhd])$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('Write a number and s, m, h or d, e.g. 10m.');
  return Number(count) * (unitsMs[unit] ?? 0);
}

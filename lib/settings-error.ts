import * as v from 'valibot';
import { isMissing, ruleOf } from '../lambdas/domain/issue-text.ts';

/** A setting of the app is wrong. The message names the setting, its value and what to write. */
export class SettingsError extends Error {
  override name = 'SettingsError' as const;
}

/**
 * Checks settings with the schema that the functions read them with, which adds its defaults.
 *
 * @throws SettingsError naming every setting that does not fit
 */
export function checked<Schema extends v.GenericSchema>(
  where: string,
  schema: Schema,
  settings: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, settings);
  if (result.success) return result.output;
  const issues = result.issues.map((issue) => `${v.getDotPath(issue)}: ${wrongWith(issue)}`);
  throw new SettingsError(`${where}: ${issues.join('; ')}`);
}

/** Shows the value, because settings contain no secrets. */
const wrongWith = (issue: v.GenericIssue): string =>
  isMissing(issue) ? 'is missing' : `expected ${ruleOf(issue)}, got ${issue.received}`;

/** Lambda's limits for the maximum concurrency of an event source. */
const concurrency = { least: 2, most: 1_000 } as const;

/**
 * Checks a maximum concurrency.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 * @throws SettingsError naming the setting
 */
export function checkConcurrency(where: string, setting: string, value: number | undefined): void {
  const { least, most } = concurrency;
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new SettingsError(`${where}: ${setting} is ${value}; write a whole number from ${least} to ${most}`);
}

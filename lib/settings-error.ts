import * as v from 'valibot';
import { isMissing, ruleOf } from '../lambdas/domain/issue-text.ts';

/** The app's settings are wrong; the message says which, what it is, and what to do. */
export class SettingsError extends Error {
  override name = 'SettingsError' as const;
}

/**
 * Completes settings by the schema that the functions read them with.
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

/** Settings hold no secrets: what was written is shown. */
const wrongWith = (issue: v.GenericIssue): string =>
  isMissing(issue) ? 'is missing' : `expected ${ruleOf(issue)}, got ${issue.received}`;

import { Duration } from 'aws-cdk-lib';
import { unknownFields } from '../lambdas/domain/unknown-fields.ts';

/** The types of settings that are checked before the settings are completed. */
export type SettingKind = 'duration' | 'durations' | 'any';

/**
 * Checks the settings that an app gives: unknown names, and times that are not a `Duration`.
 *
 * Node runs an app without a type check, so a typing error such as `allowedCidr` would go unnoticed.
 *
 * @returns undefined when they are right
 */
export function problemWithGiven(
  known: Readonly<Record<string, SettingKind>>,
  given: object,
): string | undefined {
  const slips = unknownFields(known, given).map(({ name, message }) => `${name} ${message}`);
  const times = Object.entries(given).flatMap(([name, value]) => problemWithTime(name, value, known[name]));
  const problems = [...slips, ...times];
  return problems.length === 0 ? undefined : problems.join('; ');
}

function problemWithTime(name: string, value: unknown, kind: SettingKind | undefined): string[] {
  if (value === undefined) return [];
  if (kind === 'duration' && !isDuration(value))
    return [`${name} is ${JSON.stringify(value)}; write a Duration, such as Duration.days(1)`];
  if (kind === 'durations' && !(Array.isArray(value) && value.every(isDuration)))
    return [`${name} is ${JSON.stringify(value)}; write a list such as [Duration.seconds(5)]`];
  return [];
}

/** Also accepts a `Duration` of another copy of the CDK. */
const isDuration = (value: unknown): value is Duration =>
  value instanceof Duration ||
  (typeof value === 'object' && value !== null && 'toSeconds' in value && 'toMilliseconds' in value);

import { Duration } from 'aws-cdk-lib';
import { unknownFields } from '../lambdas/domain/unknown-fields.ts';

/** What a setting is, as far as it is looked at before it is read. */
export type SettingKind = 'duration' | 'durations' | 'any';

/**
 * What is wrong with settings as an app gives them: names that nothing reads, and times that are no `Duration`.
 *
 * Apps run without a type check, so that a slip such as `allowedCidr` would be left out in silence.
 *
 * @returns undefined when nothing is wrong
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

/** Of whichever copy of the CDK. */
const isDuration = (value: unknown): value is Duration =>
  value instanceof Duration ||
  (typeof value === 'object' && value !== null && 'toSeconds' in value && 'toMilliseconds' in value);

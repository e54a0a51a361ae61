import { Duration } from 'aws-cdk-lib';

/** The periods of a `SourceQuiet` alarm: it looks at `periods`, and rings when `silent` of them are silent. */
export interface QuietPeriods {
  readonly period: Duration;
  readonly silent: number;
  readonly periods: number;
}

/** The choices: short periods, and long ones. */
const scales = [
  // One hour more than the span, within the day that CloudWatch looks back for periods under an hour.
  { period: Duration.minutes(5), margin: 12, longest: Duration.hours(23) },
  // One day more than the span, within the seven days for all other periods.
  { period: Duration.hours(1), margin: 24, longest: Duration.days(6) },
] as const;
const [short, long] = scales;

/**
 * Computes the periods of an alarm that rings after a span of silence. They must include the last event, which distinguishes a
 * source that fell silent from one that has never sent.
 */
export function quietPeriods(span: Duration): QuietPeriods {
  const { period, margin } = span.toSeconds() <= short.longest.toSeconds() ? short : long;
  const silent = span.toSeconds() / period.toSeconds();
  return { period, silent, periods: silent + margin };
}

const shortest = Duration.minutes(15);

/** Explains what is wrong with `quietAfter`; undefined when it is right. */
export function problemWithQuiet(quietAfter: Duration | undefined): string | undefined {
  if (quietAfter === undefined) return undefined;
  const span = quietAfter.toSeconds();
  const isWhole = Number.isInteger(quietPeriods(quietAfter).silent);
  if (span >= shortest.toSeconds() && isWhole && span <= long.longest.toSeconds()) return undefined;
  return `quietAfter is ${span} s; write a multiple of 5 minutes from 15 minutes to 23 hours, or whole hours up to 6 days, since an alarm of CloudWatch looks no further back`;
}

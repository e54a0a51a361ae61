import { Duration } from 'aws-cdk-lib';

const fiveMinutes = Duration.minutes(5);
const hour = Duration.hours(1);
const day = 86_400;

/**
 * The periods of an alarm that rings after a span of silence: CloudWatch looks back a day in periods under an hour, and
 * 7 days in others.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function quietPeriods(span: Duration): { readonly period: Duration; readonly periods: number } {
  const period = span.toSeconds() <= day ? fiveMinutes : hour;
  return { period, periods: span.toSeconds() / period.toSeconds() };
}

const leastPeriods = 3;

/** What is wrong with `quietAfter`; undefined: nothing. */
export function problemWithQuiet(quietAfter: Duration | undefined): string | undefined {
  if (quietAfter === undefined) return undefined;
  const span = quietAfter.toSeconds();
  const { periods } = quietPeriods(quietAfter);
  if (periods >= leastPeriods && Number.isInteger(periods) && span <= 7 * day) return undefined;
  return `quietAfter is ${span} s; write whole 5 minutes from 15 minutes to a day, or whole hours up to 7 days`;
}

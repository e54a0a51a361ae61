import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';

/** A metric of signs of life, and the graph's label for their silence. */
interface Silence {
  readonly signs: IMetric;
  readonly label: string;
  readonly period: Duration;
}

/** 1 for each period after the last one with a sign, within CloudWatch's window. */
const behindTheLast = (signs: string): string =>
  `RUNNING_SUM(FILL(${signs}, 0)) >= SUM(FILL(${signs}, 0)) AND FILL(${signs}, 0) < 1`;

/**
 * 1 for each period of a current silence after at least one sign. For alarms that keep their state without data (`no-news`).
 *
 * An alarm that treats missing data as bad would ring at each first deploy, before there can be any. So periods before the first
 * sign in CloudWatch's window stay missing. The alarm looks at more periods than the silence has, because the last sign must be
 * among them when it rings. Silent periods before the last sign count as 0, so that shorter pauses do not add up.
 */
export const silence = ({ signs, label, period }: Silence): MathExpression =>
  new MathExpression({
    expression: `IF(${behindTheLast('signs')}, 1, 0) * FILL(signs / signs, REPEAT)`,
    usingMetrics: { signs },
    label,
    period,
  });

/**
 * The same, but also 1 if there was never a sign and the stack has existed for so many periods.
 *
 * @param alive the number of samples of a metric that exists from the deploy on, with or without signs
 */
export function silenceBeside(
  { signs, label, period }: Silence,
  alive: IMetric,
  grace: number,
): MathExpression {
  // A list ignores missing values, even of a metric without any data, so each period since the deploy has a value.
  const counted = 'SUM([signs, alive * 0])';
  const lived = 'RUNNING_SUM(FILL(IF(alive > 0, 1, 0), REPEAT))';
  const isThere = 'SUM([signs, alive]) / SUM([signs, alive])';
  const mayRing = `SUM([${grace} * RUNNING_SUM(FILL(${counted}, 0)), ${lived}]) >= ${grace}`;
  return new MathExpression({
    // Without both metrics there is no value.
    expression: `IF(${behindTheLast(counted)} AND ${mayRing}, 1, 0) * FILL(${isThere}, REPEAT)`,
    usingMetrics: { signs, alive },
    label,
    period,
  });
}

import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';

/** A metric of signs of life, and the label of their silence in a graph. */
interface Silence {
  readonly signs: IMetric;
  readonly label: string;
  readonly period: Duration;
}

/** 1 for each period after the last one with a sign, among those that CloudWatch looks back to. */
const behindTheLast = (signs: string): string =>
  `RUNNING_SUM(FILL(${signs}, 0)) >= SUM(FILL(${signs}, 0)) AND FILL(${signs}, 0) < 1`;

/**
 * 1 for each period of a silence that goes on, once there was a sign; for alarms that keep their state while there is none
 * (`no-news`).
 *
 * An alarm for which missing data is bad would ring at each first deploy, before there can be any. So what is before the first
 * sign that CloudWatch looks back to stays missing. The alarm looks at more periods than the silence has: the last sign must
 * be among them when it rings. Silent periods before the last sign count as 0, so that shorter pauses do not add up.
 */
export const silence = ({ signs, label, period }: Silence): MathExpression =>
  new MathExpression({
    expression: `IF(${behindTheLast('signs')}, 1, 0) * FILL(signs / signs, REPEAT)`,
    usingMetrics: { signs },
    label,
    period,
  });

/**
 * The same, and also 1 where there was never a sign, but something else has been there for so many periods.
 *
 * @param alive the number of samples of what is there from the deploy on, whether or not there are signs
 */
export function silenceBeside(
  { signs, label, period }: Silence,
  alive: IMetric,
  grace: number,
): MathExpression {
  // A list takes what is there, also of a metric without any data; so each period in which it was alive has a value.
  const counted = 'SUM([signs, alive * 0])';
  const lived = 'RUNNING_SUM(FILL(IF(alive > 0, 1, 0), REPEAT))';
  const isThere = 'SUM([signs, alive]) / SUM([signs, alive])';
  const mayRing = `SUM([${grace} * RUNNING_SUM(FILL(${counted}, 0)), ${lived}]) >= ${grace}`;
  return new MathExpression({
    // Without either metric there is no news.
    expression: `IF(${behindTheLast(counted)} AND ${mayRing}, 1, 0) * FILL(${isThere}, REPEAT)`,
    usingMetrics: { signs, alive },
    label,
    period,
  });
}

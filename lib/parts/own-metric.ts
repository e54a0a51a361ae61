import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type DimensionsOf, type MetricName, metrics, type ServiceOf } from '../../lambdas/domain/metrics.ts';
import { deploymentNameOf } from '../deployment-name.ts';

/** A metric that a function of this stack emits. */
export interface OwnMetricProps<Name extends MetricName> {
  readonly name: Name;
  readonly service: ServiceOf<Name>;
  readonly dimensions: DimensionsOf<Name>;
  readonly period: Duration;
}

/** A metric of the table, in the stack's namespace; functions get that as `POWERTOOLS_METRICS_NAMESPACE`. */
export function ownMetric<Name extends MetricName>(
  scope: Construct,
  { name, service, dimensions, period }: OwnMetricProps<Name>,
): Metric {
  return new Metric({
    namespace: deploymentNameOf(scope),
    metricName: name,
    dimensionsMap: { service, ...dimensions },
    statistic: metrics[name].statistic,
    label: `${name} (${service})`,
    period,
  });
}

/**
 * The periods of an alarm that rings for a lasting fault, which shows at two consecutive tries, but not for one bad moment.
 *
 * @param betweenTries the longest time that a failed message stays hidden
 */
export const lasting = (betweenTries: Duration, period: Duration) => ({
  periods: Math.ceil((2 * betweenTries.toSeconds()) / period.toSeconds()) + 2,
  ofWhich: 2,
});

/** CloudWatch's limit for the metrics in an alarm's expression. */
export const maxMetricsOfAlarm = 10;

/**
 * The sum of metrics; one without data counts as 0.
 *
 * Uses `SUM` of a list, which ignores missing values, so that a function that is never used does not silence an alarm. `+` has no
 * value if one side has none, and the documentation does not say whether `FILL` fills a metric without any data.
 */
export const sumOf = (metrics: readonly IMetric[], label: string, period: Duration): MathExpression =>
  combined('SUM', metrics, label, period);

/** The maximum of metrics; one without data counts as 0, as in `sumOf`. */
export const highestOf = (metrics: readonly IMetric[], label: string, period: Duration): MathExpression =>
  combined('MAX', metrics, label, period);

function combined(
  aggregate: 'SUM' | 'MAX',
  metrics: readonly IMetric[],
  label: string,
  period: Duration,
): MathExpression {
  const named = Object.entries(metrics).map(([index, metric]) => [`m${index}`, metric] as const);
  return new MathExpression({
    expression: `${aggregate}([${named.map(([id]) => `FILL(${id}, 0)`).join(', ')}])`,
    usingMetrics: Object.fromEntries(named),
    label,
    period,
  });
}

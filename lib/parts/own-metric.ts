import { type Duration, Stack } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type DimensionsOf, type MetricName, metrics, type ServiceOf } from '../../lambdas/domain/metrics.ts';

/** A metric of our own, as a service of this stack emits it. */
export interface OwnMetricProps<Name extends MetricName> {
  readonly name: Name;
  readonly service: ServiceOf<Name>;
  readonly dimensions: DimensionsOf<Name>;
  readonly period: Duration;
}

/** A metric of the table in the stack's own namespace, which functions get by `POWERTOOLS_METRICS_NAMESPACE`. */
export function ownMetric<Name extends MetricName>(
  scope: Construct,
  { name, service, dimensions, period }: OwnMetricProps<Name>,
): Metric {
  return new Metric({
    namespace: Stack.of(scope).stackName,
    metricName: name,
    // A metric filter of the access log has no service.
    dimensionsMap: service === 'gateway' ? dimensions : { service, ...dimensions },
    statistic: metrics[name].statistic,
    label: `${name} (${service})`,
    period,
  });
}

/**
 * The periods of an alarm that rings for a lasting fault and not for one bad moment: the fault shows at two tries in a row.
 *
 * @param betweenTries how long a message that failed stays hidden, at most
 */
export const lasting = (betweenTries: Duration, period: Duration) => ({
  periods: Math.ceil((2 * betweenTries.toSeconds()) / period.toSeconds()) + 2,
  ofWhich: 2,
});

/** CloudWatch's limit for the metrics in an alarm's expression. */
export const maxMetricsOfAlarm = 10;

/**
 * The sum of metrics; one that has no data counts as 0.
 *
 * `FILL` fills gaps; whether it makes anything of a metric that has no data at all is not documented, and `+` has no value where
 * one side has none. `SUM` of a list takes what is there: a function that is never used does not silence an alarm.
 */
export const sumOf = (metrics: readonly IMetric[], label: string, period: Duration): MathExpression =>
  combined('SUM', metrics, label, period);

/** The highest of metrics; one that has no data counts as 0, as in `sumOf`. */
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

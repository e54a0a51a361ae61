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

/** A metric of the table, in the stack's own namespace: the functions get it by `POWERTOOLS_METRICS_NAMESPACE`. */
export function ownMetric<Name extends MetricName>(
  scope: Construct,
  { name, service, dimensions, period }: OwnMetricProps<Name>,
): Metric {
  return new Metric({
    namespace: Stack.of(scope).stackName,
    metricName: name,
    // What a metric filter makes of the access log is of no function.
    dimensionsMap: service === 'gateway' ? dimensions : { service, ...dimensions },
    statistic: metrics[name].statistic,
    label: `${name} (${service})`,
    period,
  });
}

/**
 * The periods and the part of them that tell a fault that lasts from one bad moment: it is there at two tries in a row.
 *
 * @param betweenTries how long a message that failed stays hidden, at most
 */
export const lasting = (betweenTries: Duration, period: Duration) => ({
  periods: Math.ceil((2 * betweenTries.toSeconds()) / period.toSeconds()) + 2,
  ofWhich: 2,
});

/** CloudWatch takes no more of them in an expression of an alarm. */
export const maxMetricsOfAlarm = 10;

/** The sum of metrics; one that has no data counts as 0. */
export const sumOf = (metrics: readonly IMetric[], label: string, period: Duration): MathExpression =>
  combined(metrics, (filled) => filled.join(' + '), label, period);

/** The highest of metrics; one that has no data counts as 0. */
export const highestOf = (metrics: readonly IMetric[], label: string, period: Duration): MathExpression =>
  combined(metrics, (filled) => `MAX([${filled.join(', ')}])`, label, period);

/**
 * 1 for each period without data, once there was some; for alarms that keep their state while there is none (`no-news`).
 *
 * An alarm for which missing data is bad would ring at each first deploy, before there can be any. So what is before the first
 * data that CloudWatch looks back to stays missing, also to one that fills a metric without any data with zeros.
 */
export const silence = (metric: IMetric, label: string, period: Duration): MathExpression =>
  new MathExpression({
    expression: 'IF(FILL(signs, 0) < 1, 1, 0) * FILL(signs / signs, REPEAT)',
    usingMetrics: { signs: metric },
    label,
    period,
  });

function combined(
  metrics: readonly IMetric[],
  written: (filled: readonly string[]) => string,
  label: string,
  period: Duration,
): MathExpression {
  const named = Object.entries(metrics).map(([index, metric]) => [`m${index}`, metric] as const);
  return new MathExpression({
    expression: written(named.map(([id]) => `FILL(${id}, 0)`)),
    usingMetrics: Object.fromEntries(named),
    label,
    period,
  });
}

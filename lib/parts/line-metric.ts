import type { Duration } from 'aws-cdk-lib';
import { Metric, Stats, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import {
  type LineDimensionsOf,
  type LineMetricName,
  type lineMetrics,
  metricsOfLog,
} from '../../lambdas/domain/line-metrics.ts';
import { deploymentNameOf } from '../deployment-name.ts';

/** A metric that CloudWatch counts from log lines of this stack. */
export interface LineMetricProps<Name extends LineMetricName> {
  readonly name: Name;
  readonly dimensions: LineDimensionsOf<Name>;
  readonly period: Duration;
}

/** A metric of `line-metrics.ts`, in the stack's namespace. */
export const lineMetric = <Name extends LineMetricName>(
  scope: Construct,
  { name, dimensions, period }: LineMetricProps<Name>,
): Metric =>
  new Metric({
    namespace: deploymentNameOf(scope),
    metricName: name,
    dimensionsMap: { ...dimensions },
    statistic: Stats.SUM,
    period,
  });

/** Adds the metric filters of a log group. They are free; only their metrics are billed. */
export function countLines(
  scope: Construct,
  log: (typeof lineMetrics)[LineMetricName]['log'],
  logGroup: ILogGroup,
): void {
  for (const { name, when, dimensions } of metricsOfLog(log)) {
    const [first, ...others] = when.map(([field, operator, value]) =>
      FilterPattern.stringValue(`$.${field}`, operator, value),
    );
    if (first === undefined) continue;
    new MetricFilter(scope, name, {
      logGroup,
      filterPattern: others.length === 0 ? first : FilterPattern.all(first, ...others),
      metricNamespace: deploymentNameOf(scope),
      metricName: name,
      unit: Unit.COUNT,
      ...(dimensions.length > 0 && {
        dimensions: Object.fromEntries(dimensions.map((field) => [field, `$.${field}`])),
      }),
    });
  }
}

import * as v from 'valibot';
import type { Synthesised } from './synth.ts';

const Dimensions = v.optional(v.array(v.object({ Name: v.string(), Value: v.unknown() })), []);
const Single = v.object({
  MetricName: v.string(),
  Namespace: v.string(),
  Dimensions,
  Period: v.number(),
  Statistic: v.string(),
});
const Query = v.object({
  Id: v.string(),
  Expression: v.optional(v.string()),
  MetricStat: v.optional(
    v.object({
      Metric: v.object({ MetricName: v.string(), Namespace: v.string(), Dimensions }),
      Period: v.number(),
      Stat: v.string(),
    }),
  ),
});
const Properties = v.looseObject({
  AlarmDescription: v.string(),
  EvaluationPeriods: v.number(),
  DatapointsToAlarm: v.optional(v.number()),
  Threshold: v.number(),
  TreatMissingData: v.string(),
  Metrics: v.optional(v.array(Query)),
});

/** A metric that an alarm watches; its dimensions as text, `service=sweep`, with references by their ids. */
interface WatchedMetric {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: string;
  readonly period: number;
  readonly statistic: string;
}

export interface SynthesisedAlarm {
  readonly path: string;
  readonly description: string;
  readonly metrics: readonly WatchedMetric[];
  /** Undefined: it watches one metric as it is. */
  readonly expression?: string;
  readonly statistics: Readonly<Record<string, string>>;
  readonly threshold: number;
  readonly periods: number;
  readonly ofWhich: number;
  readonly missing: string;
}

/** All alarms of a stack, those on one metric and those on an expression alike. */
export function alarmsOf(app: Pick<Synthesised, 'resources'>): SynthesisedAlarm[] {
  return Object.entries(app.resources('AWS::CloudWatch::Alarm')).map(([path, resource]) => {
    const properties = v.parse(Properties, resource.Properties);
    const metrics = metricsOf(properties);
    return {
      path,
      description: properties.AlarmDescription,
      metrics,
      expression: properties.Metrics?.find(({ Expression }) => Expression !== undefined)?.Expression,
      statistics: Object.fromEntries(metrics.map(({ id, statistic }) => [id, statistic])),
      threshold: properties.Threshold,
      periods: properties.EvaluationPeriods,
      ofWhich: properties.DatapointsToAlarm ?? properties.EvaluationPeriods,
      missing: properties.TreatMissingData,
    };
  });
}

function metricsOf(properties: v.InferOutput<typeof Properties>): WatchedMetric[] {
  if (properties.Metrics === undefined) {
    const { MetricName, Namespace, Dimensions, Period, Statistic } = v.parse(Single, properties);
    const dimensions = written(Dimensions);
    return [
      { id: 'm', namespace: Namespace, name: MetricName, dimensions, period: Period, statistic: Statistic },
    ];
  }
  return properties.Metrics.flatMap(({ Id, MetricStat }) => {
    if (MetricStat === undefined) return [];
    const { Metric, Period, Stat } = MetricStat;
    const dimensions = written(Metric.Dimensions);
    return [
      {
        id: Id,
        namespace: Metric.Namespace,
        name: Metric.MetricName,
        dimensions,
        period: Period,
        statistic: Stat,
      },
    ];
  });
}

const written = (dimensions: v.InferOutput<typeof Dimensions>): string =>
  dimensions
    .map(({ Name, Value }) => `${Name}=${typeof Value === 'string' ? Value : JSON.stringify(Value)}`)
    .sort()
    .join(',');

import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Count, CounterName, MetricOf, NoteSeconds, Service, TimeName } from '../../domain/metrics.ts';
import { functionLog } from './function-log.ts';

type Dimensions = Readonly<Record<string, string>>;

/** A metric line holds at most 100 values of a metric; Powertools sends an early line at that number. */
const maxSamplesPerLine = 90;

interface Series {
  readonly dimensions: Dimensions;
  readonly counts: Map<string, number>;
  readonly seconds: Map<string, number[]>;
}

/**
 * One structured log and one metrics buffer per function.
 *
 * Metrics are summed by their dimensions and written by `flush`, which every invocation calls in its `finally`: one line per
 * set of dimensions instead of one per count. Their namespace is the environment's `POWERTOOLS_METRICS_NAMESPACE`, the
 * stack's name.
 *
 * @param service the service that emits the metrics; the table of metrics says which ones it may emit
 */
export function telemetry<S extends Service>(service: S) {
  const metrics = new Metrics({ serviceName: service });
  const pending = new Map<string, Series>();

  function seriesOf(dimensions: Dimensions): Series {
    const key = JSON.stringify(Object.entries(dimensions).sort());
    const series = pending.get(key) ?? { dimensions, counts: new Map(), seconds: new Map() };
    pending.set(key, series);
    return series;
  }

  const count: Count<CounterName> = (...[name, dimensions, value = 1]) => {
    const { counts } = seriesOf(dimensions);
    counts.set(name, (counts.get(name) ?? 0) + value);
  };
  const noteSeconds: NoteSeconds<TimeName> = (...[name, dimensions, value]) => {
    const { seconds } = seriesOf(dimensions);
    seconds.set(name, [...(seconds.get(name) ?? []), value]);
  };

  return {
    ...functionLog(),
    ...onlyOf<S>(count, noteSeconds),

    /** Writes what was counted since the last flush. */
    flush(): void {
      for (const series of pending.values()) publish(metrics, series);
      pending.clear();
    },
  };
}

/** The same, for the metrics of one service. */
const onlyOf = <S extends Service>(
  count: Count<MetricOf<S> & CounterName>,
  seconds: NoteSeconds<MetricOf<S> & TimeName>,
) => ({ count, seconds });

function publish(metrics: Metrics, { dimensions, counts, seconds }: Series): void {
  const samples = [
    ...[...counts].map(([name, value]) => ({ name, unit: MetricUnit.Count, value })),
    ...[...seconds].flatMap(([name, values]) =>
      values.map((value) => ({ name, unit: MetricUnit.Seconds, value })),
    ),
  ];
  for (let from = 0; from < samples.length; from += maxSamplesPerLine) {
    for (const [name, value] of Object.entries(dimensions)) metrics.addDimension(name, value);
    for (const { name, unit, value } of samples.slice(from, from + maxSamplesPerLine)) {
      metrics.addMetric(name, unit, value);
    }
    metrics.publishStoredMetrics();
  }
}

import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Count, CounterName, MetricOf, NoteSeconds, Service, TimeName } from '../../domain/metrics.ts';
import { LogFormat } from './log-format.ts';

/** A field of a wide log line. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
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
 * Log one wide line per unit of work, named `noun.verb-ed`; never a body, a header or a secret. Metrics are summed by their
 * dimensions and written by `flush`, which every invocation calls in its `finally`: one line per set of dimensions instead of
 * one per count. Their namespace is the environment's `POWERTOOLS_METRICS_NAMESPACE`, the stack's name.
 *
 * @param service the service that emits the metrics; the table of metrics says which ones it may emit
 */
export function telemetry<S extends Exclude<Service, 'gateway'>>(service: S) {
  const logger = new Logger({ serviceName: service, logFormatter: new LogFormat() });
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
    logger,
    ...logLines(logger),
    ...onlyOf<S>(count, noteSeconds),

    /** Returns a log with fields on every line. No child logger is made for it, which costs more than writing the line. */
    log: (fields: LogFields) => logLines(logger, fields),

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

const logLines = (logger: Logger, common: LogFields = {}) => ({
  info: (line: string, fields: LogFields = {}) => logger.info(line, { ...common, ...fields }),
  warn: (line: string, fields: LogFields = {}) => logger.warn(line, { ...common, ...fields }),
  error: (line: string, fields: LogFields = {}, error?: Error) =>
    logger.error(line, { ...common, ...fields, ...(error && { error }) }),
});

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

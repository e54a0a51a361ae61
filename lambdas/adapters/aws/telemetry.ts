import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { LogFormat } from './log-format.ts';

/** A field of a wide log line. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
/** A metric's dimensions: each combination of values is billed. */
export type Dimensions = Readonly<Record<string, string>>;

const namespace = 'Hookline';

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
 * Log one wide line per unit of work, named `noun.verb-ed`; never a body, a header or a secret. Metrics are summed up by
 * their dimensions and go out with `flush`, which every invocation calls in its `finally`: one line per set of
 * dimensions instead of one per count.
 */
export function telemetry(service: string) {
  const logger = new Logger({ serviceName: service, logFormatter: new LogFormat() });
  const metrics = new Metrics({ namespace, serviceName: service });
  const pending = new Map<string, Series>();

  function seriesOf(dimensions: Dimensions): Series {
    const key = JSON.stringify(Object.entries(dimensions).sort());
    const series = pending.get(key) ?? { dimensions, counts: new Map(), seconds: new Map() };
    pending.set(key, series);
    return series;
  }

  return {
    logger,
    ...logLines(logger),

    /** The same log with fields on every line; independent of its parent, so that concurrent work does not mix. */
    log: (fields: LogFields) => logLines(logger.createChild({ persistentKeys: { ...fields } })),

    count(name: string, dimensions: Dimensions, value = 1): void {
      const { counts } = seriesOf(dimensions);
      counts.set(name, (counts.get(name) ?? 0) + value);
    },

    seconds(name: string, dimensions: Dimensions, value: number): void {
      const { seconds } = seriesOf(dimensions);
      seconds.set(name, [...(seconds.get(name) ?? []), value]);
    },

    /** Writes what was counted since the last flush. */
    flush(): void {
      for (const series of pending.values()) publish(metrics, series);
      pending.clear();
    },
  };
}

const logLines = (logger: Logger) => ({
  info: (line: string, fields: LogFields = {}) => logger.info(line, { ...fields }),
  warn: (line: string, fields: LogFields = {}) => logger.warn(line, { ...fields }),
  error: (line: string, fields: LogFields = {}, error?: Error) =>
    logger.error(line, error ? { ...fields, error } : { ...fields }),
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

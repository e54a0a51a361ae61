import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** A field of a wide log line. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

const namespace = 'Hookline';

/**
 * One structured log and one metrics buffer per function.
 *
 * Log one wide line per unit of work, named `noun.verb-ed`; never a body, a header or a secret.
 *
 */
export function telemetry(service: string) {
  const logger = new Logger({ serviceName: service });
  const metrics = new Metrics({ namespace, serviceName: service });
  return {
    logger,
    info: (line: string, fields: LogFields) => logger.info(line, { ...fields }),
    warn: (line: string, fields: LogFields) => logger.warn(line, { ...fields }),
    error: (line: string, fields: LogFields, error?: Error) =>
      logger.error(line, error ? { ...fields, error } : { ...fields }),

    count(name: string, dimensions: Readonly<Record<string, string>>, value = 1): void {
      const single = metrics.singleMetric();
      single.addDimensions({ ...dimensions });
      single.addMetric(name, MetricUnit.Count, value);
    },

    seconds(name: string, dimensions: Readonly<Record<string, string>>, value: number): void {
      const single = metrics.singleMetric();
      single.addDimensions({ ...dimensions });
      single.addMetric(name, MetricUnit.Seconds, value);
    },
  };
}

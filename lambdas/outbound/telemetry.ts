import type { Count, CounterName } from '../domain/metrics.ts';

type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Logs and metrics; none of them can fail the work.
 *
 * `Counters`: the metrics that a use case counts. A function can run it only if the table of metrics lets it emit all of them.
 */
export interface OutboundTelemetry<Counters extends CounterName = never> {
  info(line: string, fields: Fields): void;
  warn(line: string, fields: Fields): void;
  error(line: string, fields: Fields, error?: Error): void;
  readonly count: Count<Counters>;
}

import type { Count, CounterName, MetricName, NoteSeconds, TimeName } from '../domain/metrics.ts';

type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Logs and metrics; none of them can fail the work.
 *
 * `Names`: the metrics that a use case emits. A function can run it only if the table of metrics lets it emit all of them.
 */
export interface OutboundTelemetry<Names extends MetricName = never> {
  info(line: string, fields: Fields): void;
  warn(line: string, fields: Fields): void;
  error(line: string, fields: Fields, error?: Error): void;
  readonly count: Count<Names & CounterName>;
  readonly seconds: NoteSeconds<Names & TimeName>;
}

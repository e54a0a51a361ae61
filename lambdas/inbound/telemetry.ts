import type { HandlerLog, HandlerLogFields } from '../domain/handler.ts';
import type { Count, CounterName, MetricName, NoteSeconds, TimeName } from '../domain/metrics.ts';

/**
 * Logs and metrics; none of them can fail the work.
 *
 * `Names`: the metrics that a use case emits; a function can run it only if the table of metrics has it emit all of them.
 */
export interface InboundTelemetry<Names extends MetricName = never> {
  /** A log with these fields on every line. */
  log(fields: HandlerLogFields): HandlerLog;
  readonly count: Count<Names & CounterName>;
  readonly seconds: NoteSeconds<Names & TimeName>;
}

/** The log alone, for what emits no metrics. */
export type InboundLog = Pick<InboundTelemetry, 'log'>;

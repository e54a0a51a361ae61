type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Logs and metrics; none of them can fail the work. */
export interface OutboundTelemetry {
  info(line: string, fields: Fields): void;
  warn(line: string, fields: Fields): void;
  error(line: string, fields: Fields, error?: Error): void;
  count(name: string, dimensions: Readonly<Record<string, string>>, value?: number): void;
}

/** What was thrown, as an error that can be logged. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));

import type { CounterName } from '../../../lambdas/domain/metrics.ts';
import type { OutboundTelemetry } from '../../../lambdas/outbound/telemetry.ts';

/** Keeps what was logged and counted. */
export function recordedTelemetry() {
  const lines: { level: string; line: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const counts: { name: string; dimensions: Readonly<Record<string, string>>; value: number }[] = [];
  const log = (level: string) => (line: string, fields: Readonly<Record<string, unknown>>) =>
    void lines.push({ level, line, fields });
  const telemetry: OutboundTelemetry<CounterName> = {
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    count: (...[name, dimensions, value = 1]) => void counts.push({ name, dimensions, value }),
  };
  return {
    telemetry,
    lines,
    counts,
    named: (line: string) => lines.filter((entry) => entry.line === line).map(({ fields }) => fields),
    total: (name: string) =>
      counts.filter((count) => count.name === name).reduce((sum, { value }) => sum + value, 0),
  };
}

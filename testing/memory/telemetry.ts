import type { MetricName } from '../../lambdas/domain/metrics.ts';
import type { InboundTelemetry } from '../../lambdas/inbound/telemetry.ts';
import type { OutboundTelemetry } from '../../lambdas/outbound/telemetry.ts';

/** Keeps what was logged and counted. */
export function recordedTelemetry() {
  const lines: { level: string; line: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const counts: { name: string; dimensions: Readonly<Record<string, string>>; value: number }[] = [];
  const writes =
    (common: object, level: string) =>
    (line: string, fields: object = {}) =>
      void lines.push({ level, line, fields: { ...common, ...fields } });
  const log = (common: object) => ({
    info: writes(common, 'info'),
    warn: writes(common, 'warn'),
    error: writes(common, 'error'),
  });
  const seconds: { name: string; value: number }[] = [];
  const telemetry: OutboundTelemetry<MetricName> & InboundTelemetry<MetricName> = {
    ...log({}),
    log,
    seconds: (...[name, , value]) => void seconds.push({ name, value }),
    count: (...[name, dimensions, value = 1]) => void counts.push({ name, dimensions, value }),
  };
  return {
    telemetry,
    lines,
    counts,
    seconds,
    named: (line: string) => lines.filter((entry) => entry.line === line).map(({ fields }) => fields),
    total: (name: string) =>
      counts.filter((count) => count.name === name).reduce((sum, { value }) => sum + value, 0),
  };
}

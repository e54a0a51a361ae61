/** What was counted and measured for one set of dimensions. */
export interface Series {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly counts: ReadonlyMap<string, number>;
  /** All values of each time. */
  readonly seconds: ReadonlyMap<string, readonly number[]>;
}

/** A line holds at most 100 values of a metric, and as many metrics. */
const maxSamplesPerLine = 90;

interface Sample {
  readonly name: string;
  readonly unit: 'Count' | 'Seconds';
  readonly value: number;
}

/**
 * Log lines from which CloudWatch takes metrics.
 *
 * @param at Unix milliseconds
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricLines(
  namespace: string,
  { dimensions, counts, seconds }: Series,
  at: number,
): string[] {
  const samples: Sample[] = [...counts].map(([name, value]) => ({ name, unit: 'Count', value }));
  for (const [name, values] of seconds)
    for (const value of values) samples.push({ name, unit: 'Seconds', value });
  const lines: string[] = [];
  for (let from = 0; from < samples.length; from += maxSamplesPerLine)
    lines.push(metricLine(namespace, dimensions, samples.slice(from, from + maxSamplesPerLine), at));
  return lines;
}

function metricLine(
  namespace: string,
  dimensions: Series['dimensions'],
  samples: readonly Sample[],
  at: number,
): string {
  const values: Record<string, number | number[]> = {};
  const Metrics: { readonly Name: string; readonly Unit: string }[] = [];
  for (const { name, unit, value } of samples) {
    const others = values[name];
    if (others === undefined) Metrics.push({ Name: name, Unit: unit });
    values[name] = others === undefined ? value : [others, value].flat();
  }
  const CloudWatchMetrics = [{ Namespace: namespace, Dimensions: [Object.keys(dimensions)], Metrics }];
  return JSON.stringify({ _aws: { Timestamp: at, CloudWatchMetrics }, ...dimensions, ...values });
}

import { type Measured, percentile } from './measured.ts';

/** A line of the bench's table. A part leaves out what it does not measure. */
export interface Row {
  readonly measure: string;
  /** Of an event, a first answer, a request or a call, with its unit. */
  readonly CPU?: string;
  /** The CPU time of each function. */
  readonly 'of which'?: string;
  readonly 'events/s'?: string;
  readonly 'p50 ms'?: string;
  readonly 'p95 ms'?: string;
  readonly 'p99 ms'?: string;
  /** For an event. */
  readonly 'calls of AWS'?: string;
  /** For an event of 1 kB, as docs/cost.md counts them. */
  readonly 'write units'?: string;
  readonly 'USD a million'?: string;
  readonly more?: string;
}

const columns = [
  'measure',
  'CPU',
  'of which',
  'events/s',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'calls of AWS',
  'write units',
  'USD a million',
  'more',
] as const satisfies readonly (keyof Row)[];

/** The one table of a run, without the columns that nothing measured. */
export function tableOf(rows: readonly Row[]): string {
  const used = columns.filter((column) => rows.some((row) => row[column] !== undefined));
  return [used, used.map(() => '---'), ...rows.map((row) => used.map((column) => row[column] ?? ''))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Events a second and latencies of one run. */
export function pace({ count, seconds, latencies }: Measured) {
  const sorted = latencies.toSorted((one, other) => one - other);
  return {
    perSecond: count / seconds,
    latency: (percent: number) => percentile(sorted, percent),
  };
}

/** The result of one flow. */
export interface Measured {
  readonly count: number;
  /** From the first request to the last event done. */
  readonly seconds: number;
  /** The latency of each event, from accepted to done, in milliseconds. */
  readonly latencies: readonly number[];
  /** Descriptions of events that were lost or done twice. */
  readonly faults: readonly string[];
}

/** Returns a percentile of sorted values. */
export const percentile = (sorted: readonly number[], percent: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;

/** The latencies of what was created in some seconds, in ms. */
export interface LatencyOf {
  readonly second: number;
  readonly p50: number;
  readonly p99: number;
}

/** Gathers latencies by the time at which the deliveries were created. @param bucket in seconds */
export function latencies(bucket: number) {
  const buckets = new Map<number, number[]>();
  return {
    /** Both times in ms. */
    add(createdAt: number, at: number): void {
      const nth = Math.floor(createdAt / 1_000 / bucket);
      const list = buckets.get(nth);
      if (list === undefined) buckets.set(nth, [at - createdAt]);
      else list.push(at - createdAt);
    },

    /** @param until the end of the last bucket, in seconds */
    all: (until: number): LatencyOf[] =>
      [...buckets]
        .filter(([nth]) => (nth + 1) * bucket <= until)
        .sort(([a], [b]) => a - b)
        .map(([nth, list]) => {
          const sorted = Float64Array.from(list).sort();
          const at = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
          return { second: nth * bucket, p50: at(0.5), p99: at(0.99) };
        }),
  };
}

import { ownProcesses } from './own-processes.ts';

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

/** Formats one line for people, with the faults below it. */
export function report(flow: 'in' | 'out', { count, seconds, latencies, faults }: Measured): string {
  const sorted = [...latencies].sort((a, b) => a - b);
  const figures = [
    `${flow.padEnd(3)} ${count} events`,
    `${(count / seconds).toFixed(0)}/s`,
    `p50 ${percentile(sorted, 50)} ms`,
    `p95 ${percentile(sorted, 95)} ms`,
    `p99 ${percentile(sorted, 99)} ms`,
    `${memoryMb()} MB in emulator and functions`,
    faults.length === 0 ? 'none lost, none twice' : `${faults.length} FAULTS`,
  ];
  return [figures.join(' · '), ...faults.slice(0, 10).map((fault) => `    ${fault}`)].join('\n');
}

/** Returns a percentile of sorted values. */
export const percentile = (sorted: readonly number[], percent: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;

/** Resident memory of the emulator and the functions' processes. */
const memoryMb = (): number =>
  Math.round(ownProcesses().reduce((sum, { kilobytes }) => sum + kilobytes, 0) / 1024);

import { step } from '../cost/data.ts';
import { headlines } from '../cost/page.ts';
import type { ColdStart } from './cold-starts.ts';
import { markdown } from './markdown.ts';
import { type Measured, percentile } from './report.ts';

/** The steps of `cost/calls.json` that an event of 1 kB takes in each flow. */
const stepsOf = { in: ['receive', 'handled'], out: ['published, 1000 B', 'delivered, 1000 B'] } as const;
const dollarsOf = { in: headlines.inbound, out: headlines.outbound } as const;

/** A measured flow, and the CPU time of its functions in milliseconds. */
export interface MeasuredFlow extends Measured {
  readonly flow: keyof typeof stepsOf;
  readonly cpu: ReadonlyMap<string, number>;
}

/** The table of the flows; CPU time is `n/a` where the system does not tell it. */
export const flowsTable = (flows: readonly MeasuredFlow[]): string =>
  markdown(
    [
      'flow',
      'events/s',
      'p50 ms',
      'p95 ms',
      'p99 ms',
      'CPU ms an event',
      'calls of AWS an event',
      'write units',
      'USD a million',
    ],
    flows.map(({ flow, count, seconds, latencies, cpu }) => {
      const sorted = [...latencies].sort((one, other) => one - other);
      const parts = [...cpu].map(([name, spent]) => `${name} ${(spent / count).toFixed(1)}`).sort();
      const steps = stepsOf[flow].map((name) => step(name));
      const calls = steps.flatMap((one) => Object.values(one.calls));
      return [
        flow,
        (count / seconds).toFixed(0),
        ...[50, 95, 99].map((percent) => percentile(sorted, percent)),
        parts.join(', ') || 'n/a',
        Number(sum(calls).toFixed(1)),
        Number(sum(steps.map(({ write, indexWrite }) => write + indexWrite)).toFixed(1)),
        dollarsOf[flow],
      ];
    }),
  );

/** The table of cold starts; the first row is that of an empty function. */
export function coldStartsTable(all: readonly ColdStart[]): string {
  const emptyCpu = all[0]?.cpuMs ?? Number.NaN;
  return markdown(
    ['function', 'KB', 'loaded ms', 'answered ms', 'CPU ms', 'CPU of an empty one', 'MB'],
    all.map(({ name, kilobytes, loadedMs, answeredMs, cpuMs, megabytes }) => [
      name,
      ...[kilobytes, loadedMs, answeredMs, cpuMs].map((value) => value.toFixed(0)),
      `× ${(cpuMs / emptyCpu).toFixed(1)}`,
      megabytes.toFixed(0),
    ]),
  );
}

/** The table of verifications, one column for each size of the body. */
export const verificationsTable = (sizes: ReadonlyMap<number, ReadonlyMap<string, number>>): string => {
  const names = [...new Set([...sizes.values()].flatMap((times) => [...times.keys()]))];
  return markdown(
    ['CPU µs of a request', ...[...sizes.keys()].map((bytes) => `${bytes} B`)],
    names.map((name) => [name, ...[...sizes.values()].map((times) => times.get(name)?.toFixed(1) ?? '')]),
  );
};

/** The table of calls of AWS. */
export const callsTable = (times: ReadonlyMap<string, number>): string =>
  markdown(
    ['call', 'CPU µs'],
    [...times].map(([name, micros]) => [name, micros.toFixed(0)]),
  );

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

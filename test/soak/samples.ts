import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { functionProcesses } from '../flows/support/function-processes.ts';

export const functions = ['Receive', 'Consume', 'Publish', 'Deliver', 'Sweep'] as const;
export type FunctionName = (typeof functions)[number];

/** The largest process of a function at a time. */
export interface Sample {
  /** Seconds since the start. */
  readonly at: number;
  readonly of: Readonly<
    Partial<Record<FunctionName, { readonly megabytes: number; readonly files: number }>>
  >;
}

/** Reads memory and open files of the functions' processes from `/proc`, so it needs Linux. */
export function sample(stack: string, at: number): Sample {
  const found = functions.map((name) => {
    const processes = functionProcesses(stack, name).flatMap(look);
    if (processes.length === 0) return [];
    const largest = (of: 'megabytes' | 'files') => Math.max(...processes.map((each) => each[of]));
    return [[name, { megabytes: largest('megabytes'), files: largest('files') }] as const];
  });
  return { at, of: Object.fromEntries(found.flat()) };
}

/** Nothing for a process that has ended meanwhile. */
function look(pid: number): { megabytes: number; files: number }[] {
  try {
    const rss = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
    return [{ megabytes: Math.round(Number(rss) / 1024), files: readdirSync(`/proc/${pid}/fd`).length }];
  } catch {
    return [];
  }
}

/**
 * The growth from the second quarter of a run to its last one, as a ratio of medians: 1 is flat.
 *
 * The first quarter warms up: compiled code, connections, caches.
 */
export function growth(samples: readonly Sample[], name: FunctionName, of: 'megabytes' | 'files'): number {
  const values = samples.map((each) => each.of[name]?.[of]).filter((value) => value !== undefined);
  const quarter = Math.floor(values.length / 4);
  return median(values.slice(-quarter)) / median(values.slice(quarter, 2 * quarter));
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

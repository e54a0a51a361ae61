import { step } from '../cost/data.ts';
import { busyHeadlines, headlines } from '../cost/page.ts';
import type { ColdStart } from './cold-starts.ts';
import type { Measured } from './measured.ts';
import { pace, type Row } from './table.ts';

/** The steps of `cost/calls.json` that an event of 1 kB takes in each flow, alone in its batch or in a full one. */
const stepsOf = {
  alone: { in: ['receive', 'handled'], out: ['published, 1000 B', 'delivered, 1000 B'] },
  busy: { in: ['receive', 'handled, batch'], out: ['published, batch', 'delivered, batch'] },
} as const;
const dollarsOf = {
  alone: { in: headlines.inbound, out: headlines.outbound },
  busy: { in: busyHeadlines.inbound, out: busyHeadlines.outbound },
} as const;

/** What an event of a flow costs. @param load `busy` when batches are full */
export function costOf(flow: 'in' | 'out', load: 'alone' | 'busy') {
  const steps = stepsOf[load][flow].map((name) => step(name));
  return {
    calls: sum(steps.flatMap(({ calls }) => Object.values(calls))),
    'write units': String(Number(sum(steps.map(({ write, indexWrite }) => write + indexWrite)).toFixed(1))),
    'USD a million': dollarsOf[load][flow],
  };
}

/** A measured flow, and the CPU time of its functions in milliseconds. */
export interface MeasuredFlow extends Measured {
  readonly flow: 'in' | 'out';
  /** Empty where the system does not tell it. */
  readonly cpu: ReadonlyMap<string, number>;
}

export const flowRows = (flows: readonly MeasuredFlow[]): readonly Row[] =>
  flows.map((measured) => {
    const { flow, count, cpu, faults } = measured;
    const { perSecond, latency } = pace(measured);
    const { calls, ...cost } = costOf(flow, 'alone');
    return {
      measure: `${flow}, through the local AWS`,
      ...(cpu.size > 0 && {
        CPU: `${(sum([...cpu.values()]) / count).toFixed(1)} ms`,
        'of which': [...cpu]
          // The functions of the other flow have nothing to do.
          .filter(([, spent]) => spent / count >= 0.05)
          .map(([name, spent]) => `${name} ${(spent / count).toFixed(1)}`)
          .sort()
          .join(', '),
      }),
      'events/s': perSecond.toFixed(0),
      'p50 ms': String(latency(50)),
      'p95 ms': String(latency(95)),
      'p99 ms': String(latency(99)),
      'calls of AWS': String(Number(calls.toFixed(1))),
      ...cost,
      more: verdictOf(count, faults),
    };
  });

/** The first cold start is that of an empty function. */
export function coldStartRows(all: readonly ColdStart[]): readonly Row[] {
  const emptyCpu = all[0]?.cpuMs ?? Number.NaN;
  return all.map(({ name, kilobytes, loadedMs, answeredMs, cpuMs, megabytes }) => ({
    measure: `cold start, ${name}`,
    CPU: `${cpuMs.toFixed(0)} ms, × ${(cpuMs / emptyCpu).toFixed(1)}`,
    more: `${kilobytes.toFixed(0)} KB, loaded after ${loadedMs.toFixed(0)} ms, answered after ${answeredMs.toFixed(0)} ms, ${megabytes.toFixed(0)} MB`,
  }));
}

/** @param bytes of the body */
export const verificationRows = (bytes: number, times: ReadonlyMap<string, number>): readonly Row[] =>
  [...times].map(([name, micros]) => ({
    measure: `verification of ${bytes} B, ${name}`,
    CPU: `${micros.toFixed(1)} µs`,
  }));

export const callRows = (times: ReadonlyMap<string, number>): readonly Row[] =>
  [...times].map(([name, micros]) => ({ measure: `call of AWS, ${name}`, CPU: `${micros.toFixed(0)} µs` }));

/** Says whether events were lost or done twice. */
export const verdictOf = (events: number, faults: readonly string[]): string =>
  faults.length === 0
    ? `${events.toLocaleString('en')} events: none lost, none twice`
    : `${faults.length} FAULTS in ${events.toLocaleString('en')} events`;

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

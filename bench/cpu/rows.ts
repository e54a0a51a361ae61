import { median } from '../cpu-time.ts';
import { costOf, sum, verdictOf } from '../rows.ts';
import { pace, type Row } from '../table.ts';
import type { CpuRun, CpuSeries } from './run.ts';

/** The rows of the functions' processor time: medians of the runs. */
export const cpuRows = (all: readonly CpuSeries[]): readonly Row[] => all.map((series) => rowOf(series, all));

function rowOf(series: CpuSeries, all: readonly CpuSeries[]): Row {
  const { version, flow, rate, runs } = series;
  const of = (value: (run: CpuRun) => number): number => median(runs.map(value));
  const latency = (percent: number) => of((run) => pace(run).latency(percent)).toFixed(0);
  return {
    measure: `${flow}, ${rate === undefined ? 'flooded' : `${rate}/s`}, ${version}`,
    CPU: `${cpuOfEvent(runs).toFixed(2)} ms${ratioOf(series, all)}`,
    'of which': namesIn(runs, ({ functions }) => functions)
      .map((name) => `${name} ${of((run) => cpuOf(run, name)).toFixed(2)}`)
      .join(', '),
    'events/s': of((run) => pace(run).perSecond).toFixed(0),
    'p50 ms': latency(50),
    'p95 ms': latency(95),
    'p99 ms': latency(99),
    ...awsOf(series),
    more: [
      ...namesIn(runs, ({ batches }) => batches).map(
        (name) => `${name} ${of((run) => run.batches.get(name) ?? 0).toFixed(1)} a batch`,
      ),
      `${of((run) => sum([...run.functions.values()].map(({ logBytes }) => logBytes)) / run.count).toFixed(0)} B of log an event`,
      `${of((run) => Math.max(...[...run.functions.values()].map(({ megabytes }) => megabytes))).toFixed(0)} MB`,
      verdictOf(
        sum(runs.map(({ count }) => count)),
        runs.flatMap(({ faults }) => faults),
      ),
    ].join(', '),
  };
}

/** What only this version's functions do: another version has other units, another product calls no AWS. */
function awsOf({ version, flow, rate, runs }: CpuSeries): Partial<Row> {
  const calls = median(runs.map((run) => sum([...run.calls.values()]) / run.count));
  if (calls === 0) return {};
  const { calls: _, ...cost } = costOf(flow, rate === undefined ? 'busy' : 'alone');
  return { 'calls of AWS': calls.toFixed(2), ...(version !== 'before' && cost) };
}

/** The ratio to the version before, for this one. */
function ratioOf({ version, flow, rate, runs }: CpuSeries, all: readonly CpuSeries[]): string {
  const before = all.find((one) => one.flow === flow && one.rate === rate && one.version === 'before');
  if (before === undefined || version === 'before') return '';
  return `, × ${(cpuOfEvent(runs) / cpuOfEvent(before.runs)).toFixed(2)}`;
}

const namesIn = (runs: readonly CpuRun[], of: (run: CpuRun) => ReadonlyMap<string, unknown>): string[] =>
  runs[0] === undefined ? [] : [...of(runs[0]).keys()];

/** The processor time of one function for an event, in milliseconds. */
const cpuOf = ({ functions, count }: CpuRun, name: string): number =>
  (functions.get(name)?.cpuMs ?? Number.NaN) / count;

/** The same of all functions together. */
const cpuOfEvent = (runs: readonly CpuRun[]): number =>
  median(runs.map((run) => sum([...run.functions.keys()].map((name) => cpuOf(run, name)))));

import { median } from '../cpu-time.ts';
import { markdown } from '../markdown.ts';
import { percentile } from '../report.ts';
import type { FunctionName } from './assembly.ts';
import type { CpuRun, CpuSeries } from './run.ts';

/** The table of the functions' processor time: medians of the runs. */
export function cpuTable(all: readonly CpuSeries[]): string {
  const head = [
    'version',
    'flow',
    'CPU ms an event',
    'by function',
    'messages a batch',
    'calls of AWS an event',
    'log B an event',
    'events/s',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'MB',
  ];
  return markdown(
    head,
    all.map((series) => rowOf(series, all)),
  );
}

function rowOf({ version, flow, rate, runs }: CpuSeries, all: readonly CpuSeries[]): (string | number)[] {
  const names = [...(runs[0]?.functions.keys() ?? [])];
  const batches = [...(runs[0]?.batches.keys() ?? [])];
  const of = (value: (run: CpuRun) => number): number => median(runs.map(value));
  const own = cpuOfEvent(runs);
  const other = all.find((one) => one.flow === flow && one.rate === rate && one.version !== version);
  const ratio =
    other === undefined || version === 'before' ? '' : ` (× ${(own / cpuOfEvent(other.runs)).toFixed(2)})`;
  const latency = (percent: number) =>
    of(({ latencies }) =>
      percentile(
        [...latencies].sort((one, another) => one - another),
        percent,
      ),
    ).toFixed(0);
  return [
    version,
    rate === undefined ? `${flow}, flooded` : `${flow}, ${rate}/s`,
    `${own.toFixed(2)}${ratio}`,
    names.map((name) => `${name} ${of((run) => cpuOf(run, name)).toFixed(2)}`).join(', '),
    batches.map((name) => `${name} ${of((run) => run.batches.get(name) ?? 0).toFixed(1)}`).join(', '),
    of(({ calls, count }) => sum([...calls.values()]) / count).toFixed(2),
    of((run) => sum([...run.functions.values()].map(({ logBytes }) => logBytes)) / run.count).toFixed(0),
    of(({ count, seconds }) => count / seconds).toFixed(0),
    latency(50),
    latency(95),
    latency(99),
    of((run) => Math.max(...[...run.functions.values()].map(({ megabytes }) => megabytes))).toFixed(0),
  ];
}

/** The processor time of one function for an event, in milliseconds. */
const cpuOf = ({ functions, count }: CpuRun, name: FunctionName): number =>
  (functions.get(name)?.cpuMs ?? Number.NaN) / count;

/** The same of all functions together. */
const cpuOfEvent = (runs: readonly CpuRun[]): number =>
  median(runs.map((run) => sum([...run.functions.keys()].map((name) => cpuOf(run, name)))));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

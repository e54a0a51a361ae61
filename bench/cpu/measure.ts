import { printProgress } from '../../local/progress.ts';
import { type Assembly, assemblyIn, ownAssembly } from './assembly.ts';
import type { Flow } from './loads.ts';
import { type CpuRun, type CpuSeries, runOnce } from './run.ts';

/** What to measure. */
export interface CpuOptions {
  /** Events of each run. */
  readonly count: number;
  /** Events a second of a further run of each flow, which takes twenty seconds. */
  readonly rate?: number;
  /** Messages in an invocation, instead of the template's. */
  readonly batch?: number;
  /** The folder of another version's cloud assembly, which takes turns with this one. */
  readonly before?: string;
  /** A folder for the CPU profiles of the functions' processes. */
  readonly profiles?: string;
  /** @default both */
  readonly flows?: readonly Flow[];
}

export const rounds = 3;
export const pacedSeconds = 20;

/**
 * Measures the processor time of the functions alone, for events in and out: their real bundles in processes of their own, beside
 * a stand-in of AWS and an endpoint that answers at once.
 *
 * Versions and flows take turns, so that a change of the machine's speed meets all of them.
 */
export async function measureCpu(options: CpuOptions): Promise<readonly CpuSeries[]> {
  const { before, rate, flows = ['in', 'out'] } = options;
  const versions = new Map<string, Assembly>([['this version', ownAssembly()]]);
  if (before !== undefined) versions.set('before', assemblyIn(before));
  const paces = rate === undefined ? [undefined] : [undefined, rate];
  const measured: CpuSeries[] = [];
  for (const flow of flows)
    for (const pace of paces) measured.push(...(await inTurns(flow, pace, versions, options)));
  return measured;
}

async function inTurns(
  flow: Flow,
  rate: number | undefined,
  versions: ReadonlyMap<string, Assembly>,
  { count, batch, profiles }: CpuOptions,
): Promise<CpuSeries[]> {
  const show = printProgress(console.error);
  const series = [...versions].map(([version, assembly]) => ({
    version,
    assembly,
    flow,
    rate,
    runs: [] as CpuRun[],
  }));
  const events = rate === undefined ? count : rate * pacedSeconds;
  for (let round = 1; round <= rounds; round++)
    for (const { version, assembly, runs } of series) {
      const pace = rate === undefined ? '' : ` at ${rate}/s`;
      const step = `${events} events ${flow}${pace}, ${version}, round ${round} of ${rounds}`;
      runs.push(await show(step, () => runOnce(flow, assembly, { count: events, rate, batch, profiles })));
    }
  return series;
}

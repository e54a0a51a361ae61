import { setTimeout as pause } from 'node:timers/promises';
import type { Measured } from '../measured.ts';
import { idsOf, sendPaced } from '../pace.ts';
import type { Assembly } from './assembly.ts';
import type { Fates, Flow } from './loads.ts';
import { type Stage, setUp } from './stage.ts';

/** How events are sent, and how the functions get them. */
export interface RunOptions {
  readonly count: number;
  /** Events a second; undefined: all at once. */
  readonly rate?: number;
  /** Messages in an invocation, instead of the template's. */
  readonly batch?: number;
  /** A folder for the CPU profiles of the functions' processes. */
  readonly profiles?: string;
}

/** What the processes of one function, or of another product's server, spent in a run. */
interface Spent {
  readonly cpuMs: number;
  /** Resident memory of the largest one. */
  readonly megabytes: number;
  readonly logBytes: number;
}

/** The result of one run of one flow. */
export interface CpuRun extends Measured {
  readonly functions: ReadonlyMap<string, Spent>;
  /** Calls of AWS by the functions, by action; none of another product's server. */
  readonly calls: ReadonlyMap<string, number>;
  /** Messages in an invocation, on average. */
  readonly batches: ReadonlyMap<string, number>;
}

/** The runs of one version and flow. */
export interface CpuSeries {
  readonly version: string;
  readonly flow: Flow;
  /** Events a second; undefined: as many as go. */
  readonly rate?: number;
  readonly runs: readonly CpuRun[];
}

/** Events before the measured ones: they let the engine optimise, and fill caches. */
const warmUp = 600;
const patienceMs = 300_000;

/** Runs one flow in fresh processes beside a fresh stand-in of AWS. */
export async function runOnce(flow: Flow, assembly: Assembly, options: RunOptions): Promise<CpuRun> {
  const stage = await setUp(flow, assembly, options);
  try {
    await sendAll(idsOf('evt_warm', warmUp), undefined, stage);
    const ids = idsOf('evt_bench', options.count);
    for (const one of [...stage.running, ...stage.sources]) one.mark();
    stage.aws.calls.clear();
    const sent = await sendAll(ids, options.rate, stage);
    const { latencies, faults } = fateOf(ids, sent.at, stage.load.fates());
    return {
      count: options.count,
      seconds: sent.seconds,
      latencies,
      faults: [...sent.faults, ...stage.aws.unknown, ...faults],
      functions: spentBy(stage),
      calls: new Map(stage.aws.calls),
      batches: new Map(stage.sources.map(({ name, batch }) => [name, batch()])),
    };
  } finally {
    await stage.stop();
  }
}

/** The latencies of the events that were done, and descriptions of those that were lost or done twice. */
export function fateOf(
  ids: readonly string[],
  sentAt: ReadonlyMap<string, number>,
  { doneAt, times }: Fates,
) {
  const lost = ids.filter((id) => !doneAt.has(id)).map((id) => `${id} is not done`);
  const twice = ids
    .filter((id) => times.get(id) !== 1)
    .map((id) => `${id} was done ${times.get(id) ?? 0} times`);
  const latencies = ids.flatMap((id) =>
    doneAt.has(id) ? [(doneAt.get(id) ?? 0) - (sentAt.get(id) ?? 0)] : [],
  );
  return { latencies, faults: [...lost, ...twice] };
}

/** Sends events and waits until no message is left. */
async function sendAll(ids: readonly string[], rate: number | undefined, stage: Stage) {
  const at = new Map<string, number>();
  const faults: string[] = [];
  const send = async (id: string): Promise<void> => {
    at.set(id, Date.now());
    const fault = await stage.load.send(id);
    if (fault !== undefined) faults.push(fault);
  };
  const begun = performance.now();
  const all = async (): Promise<void> => {
    await sendPaced(ids, rate, send);
    const end = performance.now() + patienceMs;
    while (stage.sources.some(({ queue }) => queue.messages.size > 0) && performance.now() < end)
      await pause(10);
  };
  await Promise.race([all(), stage.failed]);
  return { at, faults, seconds: (performance.now() - begun) / 1000 };
}

function spentBy({ running }: Stage): ReadonlyMap<string, Spent> {
  const spent = new Map<string, Spent>();
  for (const { built, cpuMs, megabytes, log } of running) {
    const others = spent.get(built.name) ?? { cpuMs: 0, megabytes: 0, logBytes: 0 };
    spent.set(built.name, {
      cpuMs: others.cpuMs + cpuMs(),
      megabytes: Math.max(others.megabytes, megabytes() ?? Number.NaN),
      logBytes: others.logBytes + log().length,
    });
  }
  return spent;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assembly, BuiltFunction } from './assembly.ts';
import { pollFor } from './event-source.ts';
import { type Flow, inboundLoad, outboundLoad, processesOf } from './loads.ts';
import { startFunction } from './running-function.ts';
import { startStandInAws } from './stand-in-aws.ts';

interface StageOptions {
  /** Messages in an invocation, instead of the template's. */
  readonly batch?: number;
  /** A folder for the CPU profiles of the functions' processes. */
  readonly profiles?: string;
}

/** Everything that one flow needs: a stand-in of AWS, the functions in processes of their own, and what sends events. */
export async function setUp(flow: Flow, assembly: Assembly, { batch, profiles }: StageOptions) {
  const aws = await startStandInAws(assembly);
  const folder = mkdtempSync(join(tmpdir(), 'hookline-cpu-'));
  const where = { awsUrl: aws.url, folder, profiles };
  const processes = builtFor(flow, assembly).flatMap(([built, count]) =>
    Array.from({ length: count }, (_, nth) => startFunction(built, nth, where)),
  );
  const running = await Promise.all(processes);
  const load = await (flow === 'in' ? inboundLoad(assembly, aws, running) : outboundLoad(assembly, aws));
  const sources = builtFor(flow, assembly).flatMap(([{ name, source }]) => {
    if (source === undefined) return [];
    const own = running.filter(({ built }) => built.name === name);
    const { queue, batchSize } = source;
    return [{ name, queue: aws.queue(queue), ...pollFor(own, queue, batch ?? batchSize, aws) }];
  });
  return {
    aws,
    running,
    load,
    sources,
    /** Rejects when a process ends. */
    failed: Promise.all(sources.map(({ failed }) => failed)),
    async stop(): Promise<void> {
      await Promise.all(sources.map(({ stop }) => stop()));
      await Promise.all(running.map(({ stop }) => stop()));
      load.stop();
      aws.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
export type Stage = Awaited<ReturnType<typeof setUp>>;

function builtFor(flow: Flow, { functions }: Assembly): readonly (readonly [BuiltFunction, number])[] {
  const counts: Readonly<Record<string, number>> = processesOf[flow];
  return Object.values(functions)
    .filter(({ name }) => counts[name] !== undefined)
    .map((built) => [built, counts[built.name] ?? 0]);
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '../local/emulator.ts';
import { printProgress } from '../local/progress.ts';
import { startSink } from '../test/flows/support/sink.ts';
import { measureInbound } from './inbound.ts';
import type { Measured } from './measured.ts';
import { measureOutbound } from './outbound.ts';
import { cpuBetween, functionTimes } from './own-processes.ts';
import type { MeasuredFlow } from './rows.ts';
import { measureBesideSlow } from './slow-endpoint.ts';

/** Events before the measured ones: they start the functions' processes and fill caches. */
const warmUp = 100;

/**
 * Sends events in and out through the local AWS, whose functions are the real bundles in processes of their own.
 *
 * @param strict whether the local AWS refuses what AWS would refuse, at the cost of time
 */
export const measureFlows = (count: number, strict: boolean): Promise<readonly MeasuredFlow[]> =>
  // The flow tests' app gives up on an endpoint after 3 s; the shipped one waits for 30 s.
  withLocalAws('test/apps/flows.ts', strict, async (aws, sinkUrl) => [
    await withCpu('in', (run, events) => measureInbound(run, events, aws, sinkUrl), count),
    await withCpu('out', (run, events) => measureOutbound(run, events, aws), count),
  ]);

/** Compares endpoints alone and beside one that hangs, for as many seconds each. @returns the report */
export const measureSlowEndpoint = (seconds: number, strict: boolean): Promise<string> =>
  withLocalAws('bin/webhooks.ts', strict, (aws) => measureBesideSlow(seconds, aws));

async function withLocalAws<Result>(
  app: string,
  strict: boolean,
  work: (aws: LocalAws, sinkUrl: string) => Promise<Result>,
): Promise<Result> {
  const stateDir = mkdtempSync(join(tmpdir(), 'hookline-bench-'));
  const sink = await startSink();
  const context = { sink: sink.url };
  const progress = printProgress(console.error);
  const aws = await startLocalAws({ app, stateDir, strict, port: 0, context, progress });
  try {
    return await work(aws, sink.url);
  } finally {
    await aws.stop();
    sink.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function withCpu(
  flow: MeasuredFlow['flow'],
  measure: (run: string, count: number) => Promise<Measured>,
  count: number,
): Promise<MeasuredFlow> {
  await measure('warm', warmUp);
  const before = functionTimes();
  const measured = await measure('bench', count);
  return { ...measured, flow, cpu: cpuBetween(before, functionTimes()) };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalAws } from '../local/emulator.ts';
import { printProgress } from '../local/progress.ts';
import { startSink } from '../test/flows/support/sink.ts';
import { measureInbound } from './inbound.ts';
import { measureOutbound } from './outbound.ts';
import { cpuBetween, functionTimes } from './own-processes.ts';
import { type Measured, report } from './report.ts';
import { measureBesideSlow } from './slow-endpoint.ts';
import { flowsTable, type MeasuredFlow } from './tables.ts';

interface FlowOptions {
  readonly count: number;
  readonly strict: boolean;
  /** Instead of the flows, compares endpoints alone and beside one that hangs, for as many seconds each. */
  readonly slowSeconds?: number;
}

/** Events before the measured ones: they start the functions' processes and fill caches. */
const warmUp = 100;

/**
 * Sends events in and out through the local AWS, whose functions are the real bundles in processes of their own.
 *
 * @returns the report, and whether anything was lost or done twice
 */
export async function measureFlows({ count, strict, slowSeconds }: FlowOptions) {
  const stateDir = mkdtempSync(join(tmpdir(), 'hookline-bench-'));
  const sink = await startSink();
  const aws = await startLocalAws({
    // The flow tests' app gives up on an endpoint after 3 s; the shipped one waits for 30 s.
    app: slowSeconds === undefined ? 'test/apps/flows.ts' : 'bin/webhooks.ts',
    stateDir,
    strict,
    port: 0,
    context: { sink: sink.url },
    progress: printProgress(console.error),
  });
  try {
    if (slowSeconds !== undefined) return { text: await measureBesideSlow(slowSeconds, aws), isWhole: true };
    const flows = [
      await withCpu('in', (run, events) => measureInbound(run, events, aws, sink.url), count),
      await withCpu('out', (run, events) => measureOutbound(run, events, aws), count),
    ];
    const lines = flows.map((measured) => report(measured.flow, measured));
    return {
      text: [...lines, '', flowsTable(flows)].join('\n'),
      isWhole: flows.every(({ faults }) => faults.length === 0),
    };
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

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalAws } from '../local/emulator.ts';
import { printProgress } from '../local/progress.ts';
import { startSink } from '../test/flows/support/sink.ts';
import { measureInbound } from './inbound.ts';
import { measureOutbound } from './outbound.ts';
import { report } from './report.ts';
import { measureBesideSlow } from './slow-endpoint.ts';

/**
 * `npm run bench -- 2000 [--strict]`: sends 2,000 events in and 2,000 out through the local AWS. With `--slow-endpoint 60` it
 * compares twenty healthy endpoints alone and beside one that hangs, for 60 seconds each.
 *
 * Prints events per second, p50 and p99 from accepted to done, and memory; fails when anything is lost or done twice.
 * The figures depend on the emulator as much as on Hookline, so compare only runs on the same machine.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { strict: { type: 'boolean', default: false }, 'slow-endpoint': { type: 'string' } },
});
const count = Number(positionals[0] ?? 500);
if (!Number.isInteger(count) || count < 1) {
  console.error(`'${positionals[0]}' is not a number of events; try: npm run bench -- 2000`);
  process.exit(2);
}

const slowSeconds = values['slow-endpoint'] === undefined ? undefined : Number(values['slow-endpoint']);

const stateDir = mkdtempSync(join(tmpdir(), 'hookline-bench-'));
const sink = await startSink();
const aws = await startLocalAws({
  // The flow tests' app gives up on an endpoint after 3 s; the shipped one waits for 30 s.
  app: slowSeconds === undefined ? 'test/apps/flows.ts' : 'bin/webhooks.ts',
  stateDir,
  strict: values.strict,
  port: 0,
  context: { sink: sink.url },
  progress: printProgress(console.log),
});
try {
  if (slowSeconds === undefined) await measureFlows();
  else console.log(await measureBesideSlow(slowSeconds, aws));
} finally {
  await aws.stop();
  sink.close();
  rmSync(stateDir, { recursive: true, force: true });
}

async function measureFlows(): Promise<void> {
  const inbound = await measureInbound(count, aws, sink.url);
  console.log(report('in', inbound));
  const outbound = await measureOutbound(count, aws);
  console.log(report('out', outbound));
  if (inbound.faults.length + outbound.faults.length > 0) process.exitCode = 1;
}

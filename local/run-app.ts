import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { StartArguments } from './arguments.ts';
import { type LocalAws, startLocalAws } from './emulator.ts';
import { existingEndpoint } from './existing-endpoint.ts';
import { LocalAwsError } from './failure.ts';
import { functionLogs } from './function-logs.ts';
import { type FunctionLine, rawLine, readableEmulatorLine, readableLine } from './log-line.ts';
import { claimPort, host } from './ports.ts';
import { printProgress } from './progress.ts';
import { projectRoot } from './project-root.ts';
import { prometheusMetrics, serveMetrics } from './prometheus.ts';
import { redeployOnSave } from './watch.ts';
import { whatRuns } from './what-runs.ts';

/** Starts the emulator, deploys, prints what to try next, and then prints the functions' lines until the signal. */
export async function runApp(args: StartArguments, signal: AbortSignal): Promise<void> {
  const endpoint = await existingEndpoint(process.env);
  const metricsPort = await claimPort(args.metricsPort, '--metrics-port');
  const begun = Date.now();
  const aws = await startLocalAws({
    app: args.app,
    stateDir: args.stateDir,
    strict: args.strict,
    port: args.port,
    endpoint,
    progress: printProgress(console.log),
    onEmulatorLine: (line) => {
      const shown = readableEmulatorLine(line);
      if (shown !== undefined) console.log(shown);
    },
    signal,
  });
  try {
    await serve(aws, args, metricsPort, begun, signal);
  } finally {
    await aws.stop();
  }
  console.log('Stopped.');
}

async function serve(
  aws: LocalAws,
  args: StartArguments,
  metricsPort: number,
  begun: number,
  signal: AbortSignal,
): Promise<void> {
  // Everything that reads from the emulator ends with it.
  const over = new AbortController();
  const ends = AbortSignal.any([signal, over.signal]);
  const metrics = prometheusMetrics();
  const server = await serveMetrics(metrics.registry, metricsPort);
  console.log(whatRuns(aws.outputs, `http://${host}:${metricsPort}/metrics`, (Date.now() - begun) / 1000));
  if (args.watch) redeployOnSave(aws, watchedDirectories(args.app), console.log, ends);

  const show = (line: FunctionLine): void => {
    metrics.add(line.text);
    const shown = args.verbose ? rawLine(line) : readableLine(line);
    if (shown !== undefined) console.log(shown);
  };
  const following = functionLogs(aws.endpoint).follow(begun, show, ends);
  const died = aws.ended.then(() => {
    if (!signal.aborted)
      throw new LocalAwsError(
        `The emulator ended by itself; its log is ${join(args.stateDir, 'ministack.log')}.`,
      );
  });
  try {
    await Promise.race([following, died]);
  } finally {
    over.abort();
    server.close();
    server.closeAllConnections();
  }
}

/** @param app the file of the app, if it is not that of `cdk.json` */
function watchedDirectories(app: string | undefined): string[] {
  const usual = ['bin', 'lib', 'src', 'lambdas'].map((name) => join(projectRoot, name));
  const all = app === undefined ? usual : [...usual, dirname(resolve(app))];
  return [...new Set(all)].filter((directory) => existsSync(directory));
}

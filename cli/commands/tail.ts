import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Command } from 'commander';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { clientConfig } from '../../lambdas/adapters/sdk-config.ts';
import { logsOf } from '../../local/function-logs.ts';
import { readableLine, textOf } from '../../local/log-line.ts';
import { openDeployment, sourceOf } from '../stack/deployment.ts';
import { isLogGroupMeant } from '../stack/log-groups.ts';
import { stackMeant, type TargetOptions } from '../stack/target.ts';
import { positiveNumber } from '../terminal/parse-arguments.ts';

interface Options extends TargetOptions {
  readonly since: number;
  readonly source?: string;
}

/** `hookline tail`: follows the functions' logs. */
export function defineTail(command: Command): void {
  command
    .option('--source <source>', 'follow the requests and handler runs of this source')
    .option('--since <seconds>', 'start this many seconds ago', positiveNumber, 60)
    .action(() => follow(command.optsWithGlobals()));
}

async function follow(options: Options): Promise<void> {
  const deployment = await openDeployment(options);
  if (options.source !== undefined) sourceOf(deployment, options.source);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const isMeant = isLogGroupMeant(stackMeant(options), options.source);
  const logs = logsOf(new CloudWatchLogsClient(clientConfig(patientCalls)), isMeant);
  // Following tolerates a failed poll, so this first read reports an error that every poll would have.
  await logs.read(Date.now());
  console.error('Following; Ctrl-C ends it.');
  await logs.follow(
    Date.now() - options.since * 1000,
    (line) => {
      const text = options.json ? textOf(line) : readableLine(line);
      if (text !== undefined) console.log(text);
    },
    stop.signal,
  );
}

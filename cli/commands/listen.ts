import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { longPolls, patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { dynamodbTaps } from '../../lambdas/adapters/dynamodb/inbound-events/taps.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { type ForwardOptions, forward } from '../listen/forward.ts';
import { makeTapQueue } from '../listen/tap-queue.ts';
import { dynamoClient, sqsClient } from '../stack/aws-clients.ts';
import { inboundOf, openDeployment, sourceOf } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';
import { failureLine, RefusedError, UsageError } from '../terminal/errors.ts';
import { cell } from '../terminal/table.ts';

type Options = TargetOptions & ForwardOptions;

/** A tap ends unless its listener renews it within this time. */
const tapMs = 120_000;
const renewMs = 45_000;
/** Pause after a poll that failed, as when the machine has just woken up. */
const pauseMs = 2_000;

/** `hookline listen`: copies a source's events to this machine as they arrive. */
export function defineListen(command: Command): void {
  command
    .argument('<source>', 'name of the source')
    .option(
      '--to <url>',
      'URL to post the events to, e.g. http://127.0.0.1:3000/webhooks; without it they are only printed, with --json as one line each',
    )
    .action((source: string) => listen(source, command.optsWithGlobals()));
}

async function listen(source: string, options: Options): Promise<void> {
  const deployment = await openDeployment(options);
  sourceOf(deployment, source);
  if (options.to !== undefined && !URL.canParse(options.to))
    throw new UsageError(`--to ${options.to} is not a URL.`);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const { tapQueuePrefix, inboundEventsTable } = inboundOf(deployment);
  const queue = await makeTapQueue(sqsClient(longPolls), { ...deployment, tapQueuePrefix }, source);
  const taps = dynamodbTaps(dynamoClient(patientCalls), inboundEventsTable);
  const renewTap = (): Promise<boolean> => {
    const now = unixMillis(Date.now());
    return taps.open(source, { queueName: queue.name, until: unixMillis(now + tapMs) }, now);
  };
  const timer = setInterval(() => void renewTap().catch(() => undefined), renewMs);
  try {
    if (!(await renewTap()))
      throw new RefusedError(`Another listener is connected to ${source}, and a source has one at a time.`);
    await queue.removeLeftover();
    console.error(
      `Listening to ${source}. Within a few seconds, new events are ${options.to ? `posted to ${options.to}` : 'printed'}. Ctrl-C ends it.`,
    );
    await follow(queue.take, stop.signal, (text) => forward(text, options, deployment));
  } finally {
    // The timer ends first: it would open the tap again for a deleted queue.
    clearInterval(timer);
    // Cleanup errors are ignored: the tap and the queue expire, and the first error counts.
    await Promise.allSettled([taps.close(source, queue.name), queue.remove()]);
  }
}

async function follow(
  take: (signal: AbortSignal) => Promise<readonly string[]>,
  signal: AbortSignal,
  use: (text: string) => Promise<void>,
): Promise<void> {
  let respondedAt = performance.now();
  const takeOrPause = async (): Promise<readonly string[]> => {
    try {
      const texts = await take(signal);
      respondedAt = performance.now();
      return texts;
    } catch (error) {
      if (signal.aborted) return [];
      if (performance.now() - respondedAt > tapMs) throw error;
      console.error(`SQS does not respond (${cell(failureLine(error))}); trying again.`);
      await pause(pauseMs);
      return [];
    }
  };
  while (!signal.aborted) for (const text of await takeOrPause()) await use(text);
}

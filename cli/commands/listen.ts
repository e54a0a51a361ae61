import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { longPolls, patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { dynamodbListeners } from '../../lambdas/adapters/dynamodb/inbound-events/listeners.ts';
import { maxTaps } from '../../lambdas/domain/tap.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { forward } from '../listen/forward.ts';
import { onKeys } from '../listen/keys.ts';
import { missedMessages } from '../listen/missed.ts';
import { signingAgain } from '../listen/signed-again.ts';
import { tapQueue } from '../listen/tap-queue.ts';
import { dynamoClient, sqsClient } from '../stack/aws-clients.ts';
import { type Deployment, inboundOf, openDeployment, sourceOf } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';
import { failureLine, RefusedError, UsageError } from '../terminal/errors.ts';
import { spanArgument } from '../terminal/parse-arguments.ts';
import { cell } from '../terminal/table.ts';

interface Options extends TargetOptions {
  readonly to?: string;
  readonly type?: string;
  readonly secret?: string;
  /** Milliseconds. */
  readonly since?: number;
}

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
    .option('--type <type>', 'only events of this type: invoice.paid, or invoice.*')
    .option(
      '--secret <secret>',
      'sign the posts as the provider does, with this secret of your local app; never with the deployed one',
    )
    .option(
      '--since <span>',
      'first the events of this span (30s, 10m, 2h, 1d) that failed or had no handler; a processed event keeps no body',
      spanArgument,
    )
    .action((source: string) => listen(source, command.optsWithGlobals()));
}

async function listen(name: string, options: Options): Promise<void> {
  const deployment = await openDeployment(options);
  const source = sourceOf(deployment, name);
  if (options.to !== undefined && !URL.canParse(options.to))
    throw new UsageError(`--to ${options.to} is not a URL.`);
  if (options.secret !== undefined && options.to === undefined)
    throw new UsageError('--secret signs what is posted: add --to.');
  const signAgain = options.secret === undefined ? undefined : signingAgain(source, options.secret);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  let last: string | undefined;
  const use = async (text: string): Promise<void> => {
    if (await forward(text, { ...options, signAgain }, deployment)) last = text;
  };
  const endKeys = onKeys(process.stdin, {
    repeat: () => void (last !== undefined && use(last)),
    stop: () => stop.abort(),
  });
  try {
    await tapSource(name, deployment, async (take) => {
      console.error(greeting(name, options));
      if (options.since !== undefined) await showMissed(name, options.since, deployment, use);
      await follow(take, stop.signal, use);
    });
  } finally {
    endKeys();
  }
}

function greeting(source: string, { to }: Options): string {
  const keys = process.stdin.isTTY ? ' r repeats the last one, q ends it.' : ' Ctrl-C ends it.';
  return `Listening to ${source}. Within a few seconds, new events are ${to ? `posted to ${to}` : 'printed'}.${keys}`;
}

async function showMissed(
  source: string,
  span: number,
  deployment: Deployment,
  use: (text: string) => Promise<void>,
): Promise<void> {
  const now = unixMillis(Date.now());
  for await (const text of missedMessages(source, unixMillis(now - span), now, deployment)) await use(text);
}

type Take = (signal: AbortSignal) => Promise<readonly string[]>;

/** Opens a tap, and keeps it open while the work goes on. */
async function tapSource(
  source: string,
  deployment: Deployment,
  work: (take: Take) => Promise<void>,
): Promise<void> {
  const { tapQueuePrefix, inboundEventsTable } = inboundOf(deployment);
  const queue = tapQueue(sqsClient(longPolls), { ...deployment, tapQueuePrefix }, source);
  const taps = dynamodbListeners(dynamoClient(patientCalls), inboundEventsTable);
  const clock = () => unixMillis(Date.now());
  const renewTap = (): Promise<boolean> =>
    taps.open(source, { queueName: queue.name, until: unixMillis(clock() + tapMs) }, clock());
  const timer = setInterval(() => void renewTap().catch(() => undefined), renewMs);
  try {
    if (!(await renewTap()))
      throw new RefusedError(
        `${source} has ${maxTaps} listeners already, which is the most it can have. Stop one of them first.`,
      );
    await queue.make();
    await queue.removeLeftover(async () => (await taps.read(source)).map(({ queueName }) => queueName));
    await work(queue.take);
  } finally {
    // The timer ends first: it would open the tap again for a deleted queue.
    clearInterval(timer);
    // Cleanup errors are ignored: the tap and the queue expire, and the first error counts.
    await Promise.allSettled([taps.close(source, queue.name, clock()), queue.remove()]);
  }
}

async function follow(take: Take, signal: AbortSignal, use: (text: string) => Promise<void>): Promise<void> {
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

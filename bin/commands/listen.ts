import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { longPolls, patientCalls } from '../../lambdas/adapters/aws/call-bounds.ts';
import { dynamoClient } from '../../lambdas/adapters/aws/dynamo-client.ts';
import { dynamodbTaps } from '../../lambdas/adapters/aws/dynamodb-taps.ts';
import { payloadStore } from '../../lambdas/adapters/aws/payload-store.ts';
import { s3Client } from '../../lambdas/adapters/aws/s3-client.ts';
import { sqsClient } from '../../lambdas/adapters/aws/sqs-client.ts';
import { bodyOf, ReceivedMessage } from '../../lambdas/domain/event.ts';
import { parseMessage } from '../../lambdas/domain/messages.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { type Deployment, openDeployment, sourceOf } from '../deployment.ts';
import { RefusedError } from '../refusal.ts';
import { cell } from '../table.ts';
import { makeTapQueue } from '../tap-queue.ts';
import type { TargetOptions } from '../target.ts';

interface Options extends TargetOptions {
  readonly to?: string;
}

/** Who does not say so again within this is taken for gone. */
const listenMs = 120_000;
const sayAgainMs = 45_000;
/** Between polls that fail, as those of a machine that wakes up do. */
const tryAgainMs = 2_000;
const localAnswerMs = 10_000;

/** `hookline listen`: a source's events on this machine, as they come in. */
export function addListenCommand(program: Command): void {
  program
    .command('listen')
    .description('get a copy of what a source receives, and post it to a port of this machine')
    .argument('<source>')
    .option(
      '--to <url>',
      'e.g. http://127.0.0.1:3000/webhooks; only shown without it; with --json one line of JSON for each event',
    )
    .action((source: string, _options: unknown, command: Command) =>
      listen(source, command.optsWithGlobals()),
    );
}

async function listen(source: string, options: Options): Promise<void> {
  const deployment = await openDeployment(options);
  sourceOf(deployment, source);
  if (options.to !== undefined && !URL.canParse(options.to))
    throw new RefusedError(`--to ${options.to} is no URL.`);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const queue = await makeTapQueue(sqsClient(longPolls), deployment.tapQueuePrefix, source);
  const taps = dynamodbTaps(dynamoClient(patientCalls), deployment.inboundEventsTable);
  const sayHere = (): Promise<boolean> => {
    const now = unixMillis(Date.now());
    return taps.openTap(source, { queueUrl: queue.url, until: unixMillis(now + listenMs) }, now);
  };
  try {
    if (!(await sayHere())) throw new RefusedError(`Somebody else listens to ${source}; one at a time.`);
    await queue.removeLeft();
    console.error(
      `Listening to ${source}; what comes in from a few seconds on is ${options.to ? `posted to ${options.to}` : 'shown'}. Ctrl-C ends it.`,
    );
    const timer = setInterval(() => void sayHere().catch(() => undefined), sayAgainMs);
    await follow(queue.take, stop.signal, (text) => pass(text, options, deployment));
    clearInterval(timer);
  } finally {
    await taps.closeTap(source, queue.url);
    await queue.remove();
  }
}

async function follow(
  take: (signal: AbortSignal) => Promise<readonly string[]>,
  signal: AbortSignal,
  use: (text: string) => Promise<void>,
): Promise<void> {
  let answeredAt = performance.now();
  const takeOrPause = async (): Promise<readonly string[]> => {
    try {
      const texts = await take(signal);
      answeredAt = performance.now();
      return texts;
    } catch (error) {
      if (signal.aborted) return [];
      if (performance.now() - answeredAt > listenMs) throw error;
      console.error(`No answer of SQS (${error instanceof Error ? error.message : error}); trying again.`);
      await pause(tryAgainMs);
      return [];
    }
  };
  while (!signal.aborted) for (const text of await takeOrPause()) await use(text);
}

/** Shows one event, and posts it where it is wanted. */
async function pass(text: string, { to, json }: Options, deployment: Deployment): Promise<void> {
  const event = parseMessage(ReceivedMessage, 'received event', text);
  const outcome = to === undefined ? undefined : await postTo(to, event, deployment);
  const { id, type, source } = event;
  if (json) console.log(JSON.stringify({ at: new Date().toISOString(), source, id, type, outcome }));
  else
    console.log(
      [new Date().toISOString().slice(11, 19), cell(type, 40), cell(id, 80), outcome]
        .filter(Boolean)
        .join('  '),
    );
}

async function postTo(to: string, event: ReceivedMessage, deployment: Deployment): Promise<string> {
  const body = await bytesOf(event, deployment);
  if (body === undefined) return 'its body is not there any more';
  const startedAt = performance.now();
  try {
    const { status } = await fetch(to, {
      method: 'POST',
      headers: {
        ...event.headers,
        'X-Hookline-Source': event.source,
        'X-Hookline-Event-Id': encodeURIComponent(event.id),
        'X-Hookline-Event-Type': encodeURIComponent(event.type),
      },
      body,
      signal: AbortSignal.timeout(localAnswerMs),
    });
    return `${status} after ${Math.round(performance.now() - startedAt)} ms`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return `no answer: ${cause instanceof Error ? cause.message || cause.name : cause}`;
  }
}

async function bytesOf(
  event: ReceivedMessage,
  { payloadBucket }: Deployment,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const place = bodyOf(event);
  const bytes =
    'bytes' in place ? place.bytes : await payloadStore(s3Client(patientCalls), payloadBucket).get(place.key);
  return bytes && new Uint8Array(bytes);
}

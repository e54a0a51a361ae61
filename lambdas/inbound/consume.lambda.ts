// Step 2 of 2 of the inbound flow: open consume.ts next, then attempt.ts and handlers/registry.ts.
// Trigger: the source's SQS queue, in batches.
// Input: received events → output: the handlers' effects, a record for each event id, and the messages that come back.
// On failure: the message comes back after the handler's retry delay, up to a minute by its visibility timeout, else as a
// new delayed message. The last failure sends a dead letter to the source's DLQ.
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { patientCalls, quickCalls } from '../adapters/call-bounds.ts';
import { dynamoClient } from '../adapters/dynamodb/client.ts';
import { dynamodbInboundEvents } from '../adapters/dynamodb/inbound-events/store.ts';
import { dynamodbTaps } from '../adapters/dynamodb/inbound-events/taps.ts';
import { lazyPayloadStore } from '../adapters/s3/lazy-payload-store.ts';
import { sqsClient } from '../adapters/sqs/client.ts';
import { gatheredSends } from '../adapters/sqs/gathered-sends.ts';
import { sqsQueue } from '../adapters/sqs/queue.ts';
import { recordsIn } from '../adapters/sqs/records.ts';
import { tapQueues } from '../adapters/sqs/tap-queues.ts';
import { telemetry } from '../adapters/telemetry/telemetry.ts';
import { loadProvider } from '../domain/provider/load-provider.ts';
import { InboundSettings, type SourceSettings } from '../domain/source.ts';
import { type Seconds, unixMillis } from '../domain/time.ts';
import { consumeEnv, readEnv, readSettings } from '../env.ts';
import { handlers } from '../handlers/registry.ts';
import { consume } from './consume.ts';
import { tapCopier } from './copy-to-tap.ts';
import type { QueuedMessage } from './open-message.ts';
import type { FindTargets } from './targets/find-route.ts';

/** Handlers are told to stop this long before the function's end, or at four fifths of a short time. */
const stopBeforeEndMs = 5000;
/** The share of that time in which a handler may stop. The rest is for recording. */
const graceShare = 0.5;

const env = readEnv(consumeEnv);
const report = telemetry('consume');
const queue = sqsQueue(sqsClient(patientCalls), env.QUEUE_URL);
/** Uses quick calls: a failure must be recorded in the time that the handler left. */
const sendWaiting = gatheredSends(sqsQueue(sqsClient(quickCalls), env.QUEUE_URL).sendEach);
const deadLetters = sqsQueue(sqsClient(patientCalls), env.DLQ_URL);
const bodies = lazyPayloadStore(patientCalls, env.PAYLOAD_BUCKET);
const sources = new Map(
  await Promise.all(
    readSettings(InboundSettings).sources.map(
      async (settings) => [settings.name, { settings, provider: await loadProvider(settings) }] as const,
    ),
  ),
);
const ports = {
  now: () => unixMillis(Date.now()),
  inboundEvents: dynamodbInboundEvents(dynamoClient(patientCalls), env.INBOUND_EVENTS_TABLE),
  getBody: bodies.get,
  putBody: bodies.put,
  sendDeadLetter: (body: string) => deadLetters.send({ body }),
  findTargets: await targetsOf([...sources.values()].map(({ settings }) => settings)),
  deleteMessage: queue.delete,
  returnMessageAfter: queue.returnAfter,
  sendBack: ({ attributes }: QueuedMessage, body: string, delay: Seconds) =>
    sendWaiting({ body, attributes, delay }),
  telemetry: report,
};

/** Uses quick calls: a listener must not hold up the handlers. */
const copyToTap = tapCopier({
  now: ports.now,
  taps: dynamodbTaps(dynamoClient(quickCalls), env.INBOUND_EVENTS_TABLE),
  sendCopy: tapQueues(sqsClient(quickCalls), env.TAP_QUEUE_PREFIX, env.QUEUE_URL).send,
  telemetry: report,
});

/** Loads the code of targets only for sources that have some: a cold start waits for it. */
async function targetsOf(settings: readonly SourceSettings[]): Promise<FindTargets> {
  if (settings.every(({ to }) => to === undefined)) return () => undefined;
  const [{ loadTargets }, { findTargetsBy }] = await Promise.all([
    import('../adapters/targets/load-targets.ts'),
    import('./targets/find-targets.ts'),
  ]);
  const sendToTarget = await loadTargets(settings, env.TARGETS);
  return findTargetsBy({ bucket: env.PAYLOAD_BUCKET, putBody: bodies.put, sendToTarget });
}

/** The event source mapping's entry. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const messages = recordsIn(event);
  const time = invocationTime(context);
  try {
    const invocation = { id: context.awsRequestId, ...time.limits };
    const [{ failedMessageIds, hung }] = await Promise.all([
      consume(messages, invocation, { sources, handlers }, ports),
      copyToTap(messages),
    ]);
    if (hung) endProcess();
    return { batchItemFailures: failedMessageIds.map((itemIdentifier) => ({ itemIdentifier })) };
  } finally {
    time.stop();
    report.flush();
  }
}

function invocationTime(context: Context) {
  const total = context.getRemainingTimeInMillis();
  const reserve = Math.min(stopBeforeEndMs, total / 5);
  const abort = new AbortController();
  const graceOver = Promise.withResolvers<void>();
  const timers = [
    setTimeout(() => abort.abort(new Error('the function’s time is up')), total - reserve),
    setTimeout(graceOver.resolve, total - reserve * (1 - graceShare)),
  ];
  return {
    limits: {
      signal: abort.signal,
      graceOver: graceOver.promise,
      hasTime: () => context.getRemainingTimeInMillis() > total / 2,
    },
    stop: () => timers.forEach(clearTimeout),
  };
}

/**
 * Ends the process, because Lambda would freeze a hung handler and wake it beside its own retry. The claim ends with its
 * lease.
 */
function endProcess(): never {
  report.flush();
  process.exit(1);
}

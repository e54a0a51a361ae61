import { maxManifestSize } from '../lambdas/domain/delivery-manifest.ts';
import {
  batchSizes,
  type CountedStep,
  milliseconds,
  requestEnvelopeBytes,
  requestHeadBytes,
  step,
  stepOfSize,
} from './data.ts';
import { gigabyte, memoryMb, platformBytes, secretReads } from './rates.ts';
import { type BillLine, chunksOf, type Sizes, type Tally, tally } from './tally.ts';
import { callBytes, envelopeBytes, type Workload } from './workload.ts';

/** Attempts of the schedule `short`, the default. */
export const attemptsOfSchedule = 6;

/** Computes the cost of publishing and delivering in a month. Pure. */
export function outbound(work: Workload): BillLine[] {
  const used = tally('outbound');
  published(work, used);
  delivered(work, used);
  return used.lines();
}

/** A task includes the body, unless it is in the bucket. */
function taskSizes({ payload }: Workload): Sizes {
  const isStored = 's3.PUT' in stepOfSize('published', payload).calls;
  return { message: envelopeBytes + (isStored ? 0 : payload), body: payload };
}

/** Tasks in a `SendMessageBatch`. */
const tasksInSend = 10;

function published(work: Workload, used: Tally): void {
  const { payload, outbound: events, fanOut } = work;
  const message = payload + envelopeBytes;
  const batch = Math.min(work.batch, batchSizes.publish);
  const together = messagesOfCall(work, message);
  used.add(
    work.through === 'sns' ? 'snsPublish' : 'sqsRequest',
    (events / together) * chunksOf(together * message),
  );
  const task = taskSizes(work);
  used.step(withoutSends(inBatches('published', payload, batch)), events, task);
  used.step(eachFurtherEndpoint(), events * (fanOut - 1), task);
  const tasks = batch * fanOut;
  const sends = Math.ceil(tasks / tasksInSend) * chunksOf(Math.min(tasks, tasksInSend) * task.message);
  used.add('sqsRequest', (events * sends) / batch);
  used.add('sqsFairRequest', (events * sends) / batch);
  used.step(sweptManifest(batch * fanOut), events * fanOut, task);
  const invocations = events / batch;
  used.mapping(invocations, batch * message);
  const lines = step('published, batch').metricBytes + platformBytes(work);
  used.invocations(invocations, milliseconds('publish', batch), lines);
}

/** Messages that are published in one call: SNS and SQS bill 64 KB of a call, however many messages they are. */
const messagesOfCall = ({ publishBatch, through }: Workload, bytes: number): number =>
  Math.max(1, Math.min(publishBatch, Math.floor(callBytes[through] / bytes)));

/** The messages in an invocation for which the steps `…, batch` were counted. */
const countedBatches = { published: 10, delivered: 10 } as const;

/** A step for each message of a batch: what an invocation does once was counted with one message, and with several. */
function inBatches(name: keyof typeof countedBatches, payload: number, batch: number): CountedStep {
  const [sized, one, many] = [stepOfSize(name, payload), step(`${name}, 1000 B`), step(`${name}, batch`)];
  const share = (1 - 1 / batch) / (1 - 1 / countedBatches[name]);
  return {
    ...sized,
    write: sized.write - (one.write - many.write) * share,
    read: sized.read - (one.read - many.read) * share,
    storedBytes: sized.storedBytes - (one.storedBytes - many.storedBytes) * share,
  };
}

/** The tasks of a batch are sent together. */
const withoutSends = ({ calls, ...counted }: CountedStep): CountedStep => {
  const { 'sqs.SendMessageBatch': _, ...others } = calls;
  return { ...counted, calls: others };
};

/** The sweep's look at a delivery in a manifest of so many, and the end of the manifest. */
const sweptManifest = (deliveries: number): CountedStep => ({
  calls: {},
  write: 1 / Math.min(deliveries, maxManifestSize),
  indexWrite: 0,
  read: 0.5 + 0.5 / Math.min(deliveries, maxManifestSize),
  storedBytes: 0,
  indexStoredBytes: 0,
  lineBytes: 0,
  metricBytes: 0,
});

/** The cost of one more endpoint of an event, from the count of a fan-out to ten. */
function eachFurtherEndpoint(): CountedStep {
  const [ten, one] = [step('fanned out to 10'), step('published, 1000 B')];
  const share = (part: 'write' | 'indexWrite' | 'read' | 'storedBytes' | 'indexStoredBytes'): number =>
    (ten[part] - one[part]) / 9;
  return {
    calls: {},
    write: share('write'),
    indexWrite: share('indexWrite'),
    read: share('read'),
    storedBytes: share('storedBytes'),
    indexStoredBytes: share('indexStoredBytes'),
    lineBytes: 0,
    metricBytes: 0,
  };
}

/** The number of attempts of each kind in a month. */
export function attemptsOf({ outbound: events, fanOut, failureRate, neverDelivered }: Workload) {
  const lost = events * fanOut * neverDelivered;
  const arrived = events * fanOut - lost;
  const retries = arrived / (1 - failureRate) - arrived;
  const afterFailure = arrived * failureRate;
  return {
    delivered: arrived - afterFailure,
    'tried again': afterFailure,
    failed: afterFailure + lost,
    'failed, a later time': retries - afterFailure + lost * (attemptsOfSchedule - 2),
    'given up': lost,
  };
}

function delivered(work: Workload, used: Tally): void {
  const { payload } = work;
  const batch = Math.min(work.batch, batchSizes.deliver);
  const task = taskSizes(work);
  const { delivered: atOnce, ...others } = attemptsOf(work);
  used.step(inBatches('delivered', payload, batch), atOnce, task);
  for (const [name, count] of Object.entries(others)) used.step(withBody(step(name), payload), count, task);
  notified(others['given up'], used);
  const attempts = Object.values(others).reduce((sum, count) => sum + count, atOnce);
  // Messages with a group cost more on each request: a retry's send, and the receive and delete of a batch.
  const retried = others.failed + others['failed, a later time'];
  used.add('sqsFairRequest', retried + (2 * attempts) / batch);
  used.mapping(attempts / batch, batch * task.message);
  const lines = stepOfSize('delivered', payload).metricBytes + platformBytes(work);
  const duration = milliseconds('deliver', batch) + work.endpointTime;
  used.invocations(attempts / batch, duration, lines, memoryMb.deliver);
  used.add('secretCall', Math.min(attempts / batch, secretReads.calm));
  used.add('transferGb', (attempts * (payload + requestEnvelopeBytes + requestHeadBytes)) / gigabyte);
}

/** A step that was counted with 1,000 B, plus the additional reads of a larger body. */
function withBody(counted: CountedStep, payload: number): CountedStep {
  const [sized, small] = [stepOfSize('delivered', payload), step('delivered, 1000 B')];
  const calls = { ...counted.calls, 's3.GET': sized.calls['s3.GET'] ?? 0 };
  return { ...counted, calls, read: counted.read + sized.read - small.read };
}

/** The sweep's extra work to notify operators of failed deliveries. It notifies once an hour and endpoint, so this is the most. */
function notified(deliveries: number, used: Tally): void {
  const [one, none] = [step('sweep, with one to notify'), step('sweep')];
  used.step(
    {
      calls: { 'sns.Publish': one.calls['sns.Publish'] ?? 0 },
      write: one.write - none.write,
      indexWrite: one.indexWrite - none.indexWrite,
      read: Math.max(0, one.read - none.read),
      storedBytes: 0,
      indexStoredBytes: 0,
      lineBytes: one.lineBytes - none.lineBytes,
      metricBytes: 0,
    },
    deliveries,
    { message: envelopeBytes, body: 0 },
  );
}

import { maxInlineMessageBytes } from '../lambdas/domain/messages.ts';
import { batchSizes, forEachSource, forTheStack, milliseconds, step, stepOfSize } from './data.ts';
import { accessLineBytes } from './lines.ts';
import { outbound } from './outbound.ts';
import { gigabyte, minutesOfMonth, platformBytes, secretReads } from './rates.ts';
import { type BillLine, type Sizes, type Tally, tally } from './tally.ts';
import { envelopeBytes, type Workload } from './workload.ts';

/** The parts of a bill. */
export interface Bill {
  readonly inbound: readonly BillLine[];
  readonly outbound: readonly BillLine[];
  /** The cost of a month without any event. */
  readonly idle: readonly BillLine[];
}

const apiChunk = 512 * 1024;
/** Bytes of the response to a provider: status line, headers and body. */
const answerBytes = 300;

/** Computes a month's bill from list prices and counted calls. Pure. */
export function bill(work: Workload): Bill {
  return { inbound: inbound(work), outbound: outbound(work), idle: idle(work) };
}

/** Whether the body is too large for the message, so that it is in the bucket. */
const isInBucket = ({ payload }: Workload): boolean => payload + envelopeBytes > maxInlineMessageBytes;

const receivedSizes = (work: Workload): Sizes => ({
  message: envelopeBytes + (isInBucket(work) ? 0 : work.payload),
  body: work.payload,
});

function inbound(work: Workload): BillLine[] {
  const { payload, refused, sources } = work;
  const used = tally('inbound');
  const accepted = work.inbound * (1 + work.duplicates);
  const requests = accepted + refused;
  used.add('apiRequest', requests * Math.max(1, Math.ceil(payload / apiChunk)));
  used.add('logGb', (requests * accessLineBytes) / gigabyte);
  used.add('transferGb', (requests * answerBytes) / gigabyte);
  used.add('secretCall', Math.min(accepted, sources * secretReads.calm));
  used.add('secretCall', Math.min(refused, sources * secretReads.forged));
  for (const [name, events] of [
    [isInBucket(work) ? 'receive, in the bucket' : 'receive', accepted],
    ['refused', refused],
  ] as const) {
    used.step(step(name), events, receivedSizes(work));
    used.invocations(events, milliseconds('receive', 1), step(name).metricBytes + platformBytes(work));
  }
  consumed(work, used);
  return used.lines();
}

function consumed(work: Workload, used: Tally): void {
  const { payload, withoutHandler } = work;
  const sizes = receivedSizes(work);
  const batch = Math.min(work.batch, batchSizes.consume);
  const handled = isInBucket(work)
    ? step('handled, in the bucket')
    : step(batch > 1 ? 'handled, batch' : 'handled');
  const ignored = isInBucket(work) ? step('ignored, in the bucket') : stepOfSize('ignored', payload);
  used.step(handled, work.inbound * (1 - withoutHandler), sizes);
  used.step(ignored, work.inbound * withoutHandler, sizes);
  used.step(step('duplicate, batch'), work.inbound * work.duplicates, sizes);
  const invocations = (work.inbound * (1 + work.duplicates)) / batch;
  used.mapping(invocations, batch * sizes.message);
  const lines = handled.metricBytes + platformBytes(work);
  used.invocations(invocations, milliseconds('consume', batch), lines);
}

/** By Lambda's documentation: five pollers if concurrency is capped, else two, each with three long polls a minute. */
const polls = { capped: 5 * 3 * minutesOfMonth, free: 2 * 3 * minutesOfMonth };
/**
 * A topic with SSE makes a data key for a publisher once in five minutes, and decrypts it as often.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
const keysOfTopic = (minutesOfMonth / 5) * 2;

function idle(work: Workload): BillLine[] {
  const used = tally();
  const count = (name: keyof typeof forTheStack): number =>
    forTheStack[name] + work.sources * forEachSource[name];
  used.add('secretMonth', count('secrets'));
  used.add('alarmMonth', count('alarms'));
  used.add('dashboardMonth', count('dashboards'));
  used.add('sqsRequest', count('cappedMappings') * polls.capped + count('freeMappings') * polls.free);
  used.add('scheduledCall', minutesOfMonth);
  const sweep = step('sweep');
  used.step(sweep, minutesOfMonth, { message: 0, body: 0 });
  used.invocations(minutesOfMonth, milliseconds('sweep', 1), sweep.metricBytes + platformBytes(work));
  used.add('metricMonth', metrics(work));
  if (work.outbound > 0 && work.through === 'sns') used.add('kmsCall', keysOfTopic);
  return used.lines();
}

/**
 * The number of custom metrics with a value: one for each combination of their dimensions.
 *
 * A source has: accepted, refused by the verification, refused for any reason, and for each of two event types the count and
 * the time of processing. Sending has: published, delivered, retried, failed, all failed, deferred. The sweep always has three.
 */
function metrics({ sources, inbound: received, refused, outbound: sent }: Workload): number {
  return 3 + (received + refused > 0 ? 7 * sources : 0) + (sent > 0 ? 6 : 0);
}

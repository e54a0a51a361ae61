import {
  batchSizes,
  forEachSource,
  forTheStack,
  milliseconds,
  requestHeadBytes,
  step,
  stepOfSize,
} from './data.ts';
import { accessLineBytes, platformLineBytes } from './lines.ts';
import { type BillLine, chunksOf, type Tally, tally } from './tally.ts';
import type { Workload } from './workload.ts';

/** A bill, in the parts of which it is made up. */
export interface Bill {
  readonly inbound: readonly BillLine[];
  readonly outbound: readonly BillLine[];
  /** What a month costs without one event. */
  readonly idle: readonly BillLine[];
}

/** What stands around a body in a message, and in the body that is sent. */
const envelopeBytes = 600;
const gigabyte = 1024 ** 3;
const apiChunk = 512 * 1024;
const minutesOfMonth = 30 * 24 * 60;

/** Computes a month's bill from list prices and counted calls. Pure. */
export function bill(work: Workload): Bill {
  return { inbound: inbound(work), outbound: outbound(work), idle: idle(work) };
}

const platformBytes = ({ systemLogLevel }: Workload): number =>
  systemLogLevel === 'WARN' ? 0 : platformLineBytes;

function inbound(work: Workload): BillLine[] {
  const { payload } = work;
  const used = tally();
  const message = payload + envelopeBytes;
  const accepted = work.inbound * (1 + work.duplicates);
  const refused = work.inbound * work.refused;
  used.add('apiRequest', (accepted + refused) * Math.max(1, Math.ceil(message / apiChunk)));
  used.add('logGb', ((accepted + refused) * accessLineBytes) / gigabyte);
  for (const [name, events] of [
    ['receive', accepted],
    ['refused', refused],
  ] as const) {
    used.step(step(name), events, message);
    used.invocations(events, milliseconds('receive', 1), step(name).metricBytes + platformBytes(work));
  }
  consumed(work, used);
  return used.lines();
}

function consumed(work: Workload, used: Tally): void {
  const { payload, withoutHandler } = work;
  const message = payload + envelopeBytes;
  const batch = Math.min(work.batch, batchSizes.consume);
  const handled = step(batch > 1 ? 'handled, batch' : 'handled');
  used.step(handled, work.inbound * (1 - withoutHandler), message);
  used.step(stepOfSize('ignored', payload), work.inbound * withoutHandler, message);
  used.step(step('duplicate, batch'), work.inbound * work.duplicates, message);
  const invocations = (work.inbound * (1 + work.duplicates)) / batch;
  used.mapping(invocations, batch * message);
  const lines = handled.metricBytes + platformBytes(work);
  used.invocations(invocations, milliseconds('consume', batch), lines);
}

function outbound(work: Workload): BillLine[] {
  const used = tally();
  published(work, used);
  delivered(work, used);
  return used.lines();
}

function published(work: Workload, used: Tally): void {
  const { payload, outbound: events } = work;
  const message = payload + envelopeBytes;
  const batch = Math.min(work.batch, batchSizes.publish);
  if (work.through === 'sns') used.add('snsPublish', events * chunksOf(message));
  else used.add('sqsRequest', events * chunksOf(message));
  used.step(stepOfSize('published', payload), events, message);
  used.step(eachFurtherEndpoint(), events * (work.fanOut - 1), message);
  const invocations = events / batch;
  used.mapping(invocations, batch * message);
  const lines = step('published, batch').metricBytes + platformBytes(work);
  used.invocations(invocations, milliseconds('publish', batch), lines);
}

/** What one more endpoint of an event adds, as the fan-out to ten was counted. */
function eachFurtherEndpoint() {
  const [ten, one] = [step('fanned out to 10'), step('published, 1000 B')];
  const share = (part: 'write' | 'indexWrite' | 'read' | 'storedBytes'): number =>
    (ten[part] - one[part]) / 9;
  return {
    calls: {},
    write: share('write'),
    indexWrite: share('indexWrite'),
    read: share('read'),
    storedBytes: share('storedBytes'),
    lineBytes: 0,
    metricBytes: 0,
  };
}

function delivered(work: Workload, used: Tally): void {
  const { payload, failureRate } = work;
  const batch = Math.min(work.batch, batchSizes.deliver);
  const message = payload + envelopeBytes;
  const deliveries = work.outbound * work.fanOut;
  const attempts = deliveries / (1 - failureRate);
  const failed = attempts - deliveries;
  const atOnce = stepOfSize('delivered', payload);
  // Each success in a batch is deleted at once, so that none waits for the slowest.
  const deletes = batch > 1 ? (step('delivered, batch').calls['sqs.DeleteMessage'] ?? 0) : 0;
  used.step(atOnce, deliveries, message);
  used.add('sqsRequest', attempts * deletes);
  used.step(step('failed'), failed, message);
  // A task that was sent in a group is billed more on each of its requests: sent, received and deleted.
  used.add('sqsFairRequest', attempts * (1 + 2 / batch));
  used.mapping(attempts / batch, batch * message);
  const lines = atOnce.metricBytes + platformBytes(work);
  used.invocations(attempts / batch, milliseconds('deliver', batch) + work.endpointTime, lines);
  used.add('transferGb', (attempts * (payload + envelopeBytes + requestHeadBytes)) / gigabyte);
}

/** By Lambda's documentation: five pollers with a cap on concurrency, else two, three long polls a minute each. */
const polls = { capped: 5 * 3 * minutesOfMonth, free: 2 * 3 * minutesOfMonth };
/** A topic with SSE asks for a data key at most once in five minutes. */
const keysOfTopic = minutesOfMonth / 5;

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
  used.step(sweep, minutesOfMonth, 0);
  used.invocations(minutesOfMonth, milliseconds('sweep', 1), sweep.metricBytes + platformBytes(work));
  used.add('metricMonth', metrics(work));
  if (work.outbound > 0 && work.through === 'sns') used.add('kmsCall', keysOfTopic);
  return used.lines();
}

/**
 * Custom metrics that get a value: one for each combination of their dimensions.
 *
 * Of a source: accepted, refused, and for two event types each processed and its time; of all sources, what was answered
 * 401. Of what is sent: published, delivered, retried, failed, all failed, deferred. The sweep's three are always there.
 */
function metrics({ sources, inbound: received, outbound: sent }: Workload): number {
  return 3 + (received > 0 ? 1 + 6 * sources : 0) + (sent > 0 ? 6 : 0);
}

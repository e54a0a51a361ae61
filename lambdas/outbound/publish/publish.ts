import { asError } from '../../domain/errors.ts';
import { type DeadLetter, maxMessageBytes, serialiseMessage, utf8Bytes } from '../../domain/messages.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import {
  openPublication,
  type Publication,
  type UnwrappedMessage,
  unwrap,
  withId,
} from '../../domain/publish-message.ts';
import { openRange, type RangeMessage } from '../../domain/publish-range.ts';
import type { OutboundPorts } from '../ports.ts';
import { endpointsOfBatch } from './endpoints-of-batch.ts';
import {
  leftBehind,
  type PublishOnePorts,
  type PublishResult,
  publishOne,
  publishRange,
} from './publish-one.ts';
import { type Start, startDeliveries } from './start-deliveries.ts';

export type PublishPorts = Omit<PublishOnePorts, 'findSubscribers' | 'findEndpoint'> &
  Pick<OutboundPorts<'EventsPublished' | 'WorkErrored'>, 'subscribers' | 'sendDeadLetter' | 'telemetry'>;

/** The ports of one batch. */
type BatchPorts = Omit<PublishPorts, 'subscribers'> & PublishOnePorts;

/** A message of the publish queue. */
export interface PublishQueueMessage {
  readonly messageId: string;
  readonly text: string;
  /** How often SQS has delivered it, including this time. */
  readonly receives: number;
}

/** How far a message has come. */
type Progress =
  /** The event is stored. Still to do: the manifest and the tasks. */
  | { readonly kind: 'recorded'; readonly start?: Start }
  /** The message is on the DLQ. */
  | { readonly kind: 'given-up' }
  | { readonly kind: 'failed' };

/** Below the queue's own limit, because SQS would move the message without its id, and a redrive would make a new event of it. */
const maxReceives = 50;

/**
 * Works through one batch of the publish queue: events, then one manifest of all deliveries, then their tasks; the messages
 * are deleted last. After a crash between any two, SQS redelivers the message and it completes them.
 *
 * @returns the ids of the messages that SQS redelivers
 */
export async function publish(
  messages: readonly PublishQueueMessage[],
  settings: OutboundSettings,
  ports: PublishPorts,
): Promise<readonly string[]> {
  const findEndpoint = endpointsOfBatch(ports.endpoints);
  const batch: BatchPorts = { ...ports, findEndpoint, findSubscribers: ports.subscribers.forBatch(ports) };
  const begun = await Promise.all(
    messages.map(async (message) => ({ message, progress: await begin(message, settings, batch) })),
  );
  const started = await start(
    begun.map(({ progress }) => progress),
    batch,
  );
  const ended = await Promise.all(
    begun.map(async ({ message, progress }) => ({
      message,
      isDone: await finish(message, progress, started, batch),
    })),
  );
  return ended.filter(({ isDone }) => !isDone).map(({ message }) => message.messageId);
}

/** Records one publication. An error fails this message only. */
async function begin(
  message: PublishQueueMessage,
  settings: OutboundSettings,
  ports: BatchPorts,
): Promise<Progress> {
  try {
    const range = openRange(message.text);
    return await (range === undefined
      ? beginOne(message, settings, ports)
      : beginRange(range, settings, ports));
  } catch (error) {
    return failed(message, error, ports);
  }
}

async function beginOne(
  message: PublishQueueMessage,
  settings: OutboundSettings,
  ports: BatchPorts,
): Promise<Progress> {
  const unwrapped = unwrap(message.text, message.messageId);
  const opened = openPublication(unwrapped);
  const result =
    opened.kind === 'unusable'
      ? opened
      : await publishOne(opened.publication, unwrapped.messageId, settings, ports);
  if (result.kind === 'unusable') {
    await listLeftBehind(unwrapped, ports);
    await giveUp(unwrapped, result.reason, message.receives, ports);
    return { kind: 'given-up' };
  }
  if (opened.kind === 'publication') report(opened.publication, unwrapped, result, ports);
  return { kind: 'recorded', start: result.start };
}

async function beginRange(
  range: RangeMessage,
  settings: OutboundSettings,
  ports: BatchPorts,
): Promise<Progress> {
  const made = await publishRange(range, settings, ports);
  const { tenant, eventId, correlationId } = range;
  const line = made === undefined ? 'event.gone' : 'event.fanned-out';
  ports.telemetry.info(line, { tenant, eventId, correlationId, range: range.range, deliveries: made });
  return { kind: 'recorded' };
}

/** Writes the manifest of the batch and sends all its tasks. @returns the error, if there was one */
async function start(begun: readonly Progress[], ports: BatchPorts): Promise<{ readonly error?: Error }> {
  const starts = begun.flatMap((progress) => (progress.kind === 'recorded' ? (progress.start ?? []) : []));
  const tasks = starts.flatMap((one) => one.tasks);
  const unlisted = starts.flatMap((one) => one.unlisted);
  const announced = starts.flatMap((one) => one.announced);
  try {
    await startDeliveries({ tasks, unlisted, announced }, ports);
    return {};
  } catch (error) {
    return { error: asError(error) };
  }
}

async function finish(
  message: PublishQueueMessage,
  progress: Progress,
  { error }: { readonly error?: Error },
  ports: BatchPorts,
): Promise<boolean> {
  if (progress.kind !== 'recorded') return progress.kind === 'given-up';
  if (error === undefined || isEmpty(progress.start)) return true;
  return (await failed(message, error, ports)).kind === 'given-up';
}

/** What is announced has a task. */
const isEmpty = (start: Start | undefined): boolean =>
  start === undefined || (start.tasks.length === 0 && start.unlisted.length === 0);

/** Leaves the message to SQS. After very many deliveries it dead-letters the message, with the event's id in it. */
async function failed(message: PublishQueueMessage, thrown: unknown, ports: BatchPorts): Promise<Progress> {
  const { messageId, receives } = message;
  const error = asError(thrown);
  ports.telemetry.error('publish.errored', { messageId, receives }, error);
  ports.telemetry.count('WorkErrored', {});
  if (receives < maxReceives) return { kind: 'failed' };
  try {
    const reason = `failed ${receives} times, the last with ${error.name}: ${error.message}`;
    const unwrapped = unwrap(message.text, messageId);
    await listLeftBehind(unwrapped, ports);
    await giveUp(unwrapped, reason, receives, ports);
    return { kind: 'given-up' };
  } catch (cause) {
    ports.telemetry.error('publish.errored', { messageId, receives }, asError(cause));
    return { kind: 'failed' };
  }
}

/** Writes a manifest of what a message that is given up leaves behind: nothing else comes back to it. */
async function listLeftBehind(message: UnwrappedMessage, ports: BatchPorts): Promise<void> {
  const opened = openPublication(message);
  if (opened.kind === 'unusable') return;
  const unlisted = await leftBehind(opened.publication, ports);
  await startDeliveries({ tasks: [], unlisted, announced: [] }, ports);
}

async function giveUp(
  message: UnwrappedMessage,
  reason: string,
  attempts: number,
  ports: BatchPorts,
): Promise<void> {
  const { id, message: original } = withId(message);
  const at = ports.now();
  const entry: DeadLetter = { v: 1, kind: 'publish', id, reason, at, attempts, message: original };
  const body = serialiseMessage(entry);
  // A message near SQS's limit does not fit when it is escaped once more. It is sent unchanged, and the log has the reason.
  await ports.sendDeadLetter(utf8Bytes(body) <= maxMessageBytes ? body : message.text);
  ports.telemetry.error('publish.unusable', { eventId: id, correlationId: message.messageId, reason });
  ports.telemetry.count('EventsPublished', { status: 'unusable' });
}

function report(
  { id, type, tenant, to }: Publication,
  { messageId }: UnwrappedMessage,
  { status, isConflict, deliveries }: Extract<PublishResult, { kind: 'recorded' }>,
  { telemetry }: BatchPorts,
): void {
  const fields = {
    eventId: id,
    eventType: type,
    tenant,
    endpointId: 'id' in to ? to.id : undefined,
    correlationId: messageId,
  };
  // A line leaves out what is usual: one delivery, which is new.
  const count = deliveries.length === 1 ? undefined : deliveries.length;
  telemetry.info('event.published', {
    ...fields,
    status: status === 'published' ? undefined : status,
    deliveries: count,
  });
  if (isConflict) telemetry.warn('publish.conflict', fields);
  telemetry.count('EventsPublished', { status: isConflict ? 'conflict' : status });
}

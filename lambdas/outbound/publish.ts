import { type TaskMessage, taskMessage } from '../domain/delivery-task.ts';
import { type DeadLetter, maxMessageBytes, serialiseMessage, utf8Bytes } from '../domain/messages.ts';
import type { OutboundSettings } from '../domain/outbound-settings.ts';
import {
  openPublication,
  type Publication,
  type UnwrappedMessage,
  unwrap,
  withId,
} from '../domain/publish-message.ts';
import type { UnixMillis } from '../domain/time.ts';
import { type Recorded, type RecordPorts, recordPublication } from './record-publication.ts';
import { asError, type OutboundTelemetry } from './telemetry.ts';

/** What publishing needs of the outside world. */
export interface PublishPorts extends RecordPorts {
  now(): UnixMillis;
  sendTasks(tasks: readonly TaskMessage[]): Promise<void>;
  sendDeadLetter(body: string): Promise<void>;
  readonly telemetry: OutboundTelemetry;
}

/** A message of the publish queue. */
export interface PublishQueueMessage {
  readonly messageId: string;
  readonly text: string;
  /** How often SQS has handed it out, this time included. */
  readonly receives: number;
}

interface Run {
  readonly settings: OutboundSettings;
  readonly ports: PublishPorts;
}

/** How far a message has come. */
type Progress =
  | { readonly kind: 'recorded'; readonly recorded: Recorded; readonly task?: TaskMessage }
  /** On the DLQ. */
  | { readonly kind: 'given-up' }
  | { readonly kind: 'failed' };

/** Below the queue's own limit: SQS would move the message without its id, and a redrive would make a new event of it. */
const maxReceives = 50;

/**
 * Works through one batch of the publish queue: events, then deliveries, then their tasks in batches, then the events'
 * `fannedOutAt`; the messages are deleted last. A crash between any two is healed by the same message again.
 *
 * @returns the ids of the messages that come back
 */
export async function publish(
  messages: readonly PublishQueueMessage[],
  settings: OutboundSettings,
  ports: PublishPorts,
): Promise<readonly string[]> {
  const run = { settings, ports };
  const begun = await Promise.all(
    messages.map(async (message) => ({ message, progress: await begin(message, run) })),
  );
  const tasksAreSent = await sendTasks(
    begun.map(({ progress }) => progress),
    ports,
  );
  const ended = await Promise.all(
    begun.map(async ({ message, progress }) => ({
      message,
      isDone: await finish(message, progress, tasksAreSent, ports),
    })),
  );
  return ended.filter(({ isDone }) => !isDone).map(({ message }) => message.messageId);
}

/** Records one publication; whatever goes wrong fails this message only. */
async function begin(message: PublishQueueMessage, { settings, ports }: Run): Promise<Progress> {
  const unwrapped = unwrap(message.text, message.messageId);
  const opened = openPublication(unwrapped);
  try {
    if (opened.kind === 'unusable') {
      await giveUp(unwrapped, opened.reason, message.receives, ports);
      return { kind: 'given-up' };
    }
    const { publication } = opened;
    const now = ports.now();
    const recorded = await recordPublication(publication, unwrapped.messageId, settings, now, ports);
    report(publication, unwrapped, recorded, ports);
    return { kind: 'recorded', recorded, task: recorded.needsTask ? firstTask(recorded) : undefined };
  } catch (error) {
    return failed(message, error, ports);
  }
}

function firstTask({ delivery, event }: Recorded): TaskMessage {
  const payload = 'text' in event.payload ? event.payload.text : undefined;
  return taskMessage({ deliveryId: delivery.id, attempt: 1, payload }, delivery);
}

/** All tasks of the batch at once. @returns what went wrong, if something did */
async function sendTasks(
  begun: readonly Progress[],
  ports: PublishPorts,
): Promise<{ readonly error?: Error }> {
  const tasks = begun.flatMap((progress) => ('task' in progress && progress.task ? [progress.task] : []));
  try {
    if (tasks.length > 0) await ports.sendTasks(tasks);
    return {};
  } catch (error) {
    return { error: asError(error) };
  }
}

async function finish(
  message: PublishQueueMessage,
  progress: Progress,
  { error }: { readonly error?: Error },
  ports: PublishPorts,
): Promise<boolean> {
  if (progress.kind !== 'recorded') return progress.kind === 'given-up';
  if (progress.task !== undefined && error !== undefined) {
    return (await failed(message, error, ports)).kind === 'given-up';
  }
  try {
    const { event } = progress.recorded;
    if (event.fannedOutAt === undefined) await ports.events.markFannedOut(event.id, ports.now());
    return true;
  } catch (cause) {
    return (await failed(message, cause, ports)).kind === 'given-up';
  }
}

/** Leaves the message to SQS; after very many times to a human, with the id written in. */
async function failed(message: PublishQueueMessage, thrown: unknown, ports: PublishPorts): Promise<Progress> {
  const { messageId, receives } = message;
  const error = asError(thrown);
  ports.telemetry.error('publish.errored', { messageId, receives }, error);
  if (receives < maxReceives) return { kind: 'failed' };
  try {
    const reason = `failed ${receives} times, the last with ${error.name}: ${error.message}`;
    await giveUp(unwrap(message.text, messageId), reason, receives, ports);
    return { kind: 'given-up' };
  } catch (cause) {
    ports.telemetry.error('publish.errored', { messageId, receives }, asError(cause));
    return { kind: 'failed' };
  }
}

async function giveUp(
  message: UnwrappedMessage,
  reason: string,
  attempts: number,
  ports: PublishPorts,
): Promise<void> {
  const { id, message: original } = withId(message);
  const at = ports.now();
  const entry: DeadLetter = { v: 1, kind: 'publish', id, reason, at, attempts, message: original };
  const body = serialiseMessage(entry);
  // Escaped once more, a message near SQS's limit does not fit: then it goes as it is, and the log has the reason.
  await ports.sendDeadLetter(utf8Bytes(body) <= maxMessageBytes ? body : message.text);
  ports.telemetry.error('publish.unusable', { eventId: id, correlationId: message.messageId, reason });
  ports.telemetry.count('EventsPublished', { status: 'unusable' });
}

function report(
  { id, type, tenant, endpoint }: Publication,
  { messageId }: UnwrappedMessage,
  { delivery, isNew, isConflict }: Recorded,
  { telemetry }: PublishPorts,
): void {
  const fields = { eventId: id, eventType: type, tenant, endpointId: endpoint.id, deliveryId: delivery.id };
  const status = isNew ? 'published' : 'repeated';
  telemetry.info('event.published', { ...fields, status, correlationId: messageId });
  if (isConflict) telemetry.warn('publish.conflict', { ...fields, correlationId: messageId });
  telemetry.count('EventsPublished', { status: isConflict ? 'conflict' : status });
}

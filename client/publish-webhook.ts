import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';

// Copy this file into your app or import it. It needs only @aws-sdk/client-sqs.
// The app's role needs sqs:SendMessage on the publish queue: stack.outbound.publishing.queue.grantSendMessages(app).

/** An event for your customers' endpoints. */
export type WebhookEvent<Data = unknown> = EventContent<Data> & EventAddress;

interface EventContent<Data> {
  /** E.g. `invoice.paid`. */
  readonly type: string;
  readonly data: Data;
  /** Identifies the event: publishing the same id again has no effect. @default a new id */
  readonly id?: string;
}

type EventAddress =
  /** To all subscribed endpoints of a tenant, or to one of its endpoints. Event ids are unique within a tenant. */
  | { readonly tenant: string; readonly endpoint?: { readonly id: string } }
  /** To a URL that is not a registered endpoint. */
  | { readonly tenant?: string; readonly endpoint: { readonly id: string; readonly url: string } };

/** Some events are not on the queue. Publish `unpublished` again: the ids in it prevent duplicates. */
export class PublishError extends Error {
  override name = 'PublishError' as const;
  readonly unpublished: readonly (WebhookEvent & { readonly id: string })[];

  constructor(unpublished: PublishError['unpublished'], options: ErrorOptions) {
    super(`${unpublished.length} events could not be published; \`unpublished\` has them`, options);
    this.unpublished = unpublished;
  }
}

/** The limits of one SendMessageBatch call. */
const batchSize = 10;
const batchBytes = 1024 * 1024;
/** Waits after the first failure, the second, …; the SDK makes three tries before each. */
const retryDelaysMs = [200, 1_000, 5_000];

/**
 * Publishes events, and returns when all of them are on the queue.
 *
 * Each event gets its id before the first try, so a retry never makes a second event.
 *
 * @param queueUrl the stack's output `PublishQueueUrl`
 * @returns the ids of the events, in order
 * @throws PublishError when some are not on the queue; RangeError when an event is over 1 MiB
 * @example
 * const [id] = await publishWebhook(sqs, queueUrl, [{ type: 'invoice.paid', data: invoice, tenant: customer.id }]);
 */
export async function publishWebhook<Data>(
  sqs: SQSClient,
  queueUrl: string,
  events: readonly WebhookEvent<Data>[],
): Promise<readonly string[]> {
  const messages = events.map((event) => messageOf({ ...event, id: event.id ?? randomUUID() }));
  for (const batch of batchesOf(messages)) await sendBatch(sqs, queueUrl, batch, messages);
  return messages.map(({ event }) => event.id);
}

interface Message {
  readonly event: WebhookEvent & { readonly id: string };
  readonly text: string;
  readonly bytes: number;
  isSent: boolean;
}

function messageOf(event: Message['event']): Message {
  // SQS refuses U+FFFE and U+FFFF, which JSON.stringify does not escape.
  const text = JSON.stringify(event).replace(
    /[\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16)}`,
  );
  const bytes = Buffer.byteLength(text);
  if (bytes > batchBytes)
    throw new RangeError(`event ${event.id} has ${bytes} bytes; ${batchBytes} fit a message`);
  return { event, text, bytes, isSent: false };
}

/** Splits messages into batches within SQS's limits of number and size. */
function batchesOf(messages: readonly Message[]): Message[][] {
  const batches: Message[][] = [];
  let [batch, bytes]: [Message[], number] = [[], 0];
  for (const message of messages) {
    if (batch.length === batchSize || bytes + message.bytes > batchBytes) [batch, bytes] = [[], 0];
    if (batch.length === 0) batches.push(batch);
    batch.push(message);
    bytes += message.bytes;
  }
  return batches;
}

async function sendBatch(
  sqs: SQSClient,
  queueUrl: string,
  batch: readonly Message[],
  all: readonly Message[],
): Promise<void> {
  let cause: unknown;
  for (const delay of [0, ...retryDelaysMs]) {
    await pause(delay);
    const open = batch.filter(({ isSent }) => !isSent);
    try {
      cause = await sendOpen(sqs, queueUrl, open);
    } catch (error) {
      cause = error;
    }
    if (batch.every(({ isSent }) => isSent)) return;
  }
  throw new PublishError(
    all.filter(({ isSent }) => !isSent).map(({ event }) => event),
    { cause },
  );
}

/** @returns the error of one message that SQS refused; undefined when it accepted all */
async function sendOpen(sqs: SQSClient, queueUrl: string, open: readonly Message[]): Promise<unknown> {
  const Entries = open.map(({ text }, index) => ({ Id: String(index), MessageBody: text }));
  const { Successful = [], Failed = [] } = await sqs.send(
    new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }),
  );
  for (const { Id } of Successful) {
    const message = open[Number(Id)];
    if (message !== undefined) message.isSent = true;
  }
  return Failed[0] && new Error(`${Failed[0].Code}: ${Failed[0].Message}`);
}

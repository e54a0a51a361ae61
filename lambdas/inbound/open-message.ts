import {
  bytesOf,
  type EventHeading,
  headingOf,
  ReceivedMessage,
  type Wait,
  withWait,
} from '../domain/event.ts';
import { eventKey, ownerOf } from '../domain/idempotency.ts';
import { fieldName } from '../domain/issue-text.ts';
import { MalformedMessageError, parseMessage } from '../domain/messages.ts';
import type { Source } from '../domain/provider/provider.ts';
import type { SourceSettings } from '../domain/source.ts';
import { AlteredBodyError, type GetObject } from '../domain/stored-body.ts';
import { type UnixMillis, unixMillis } from '../domain/time.ts';
import type { Claimable } from './claim.ts';
import { isEarly } from './wait.ts';

/** A message of the source's queue. */
export interface QueuedMessage {
  readonly messageId: string;
  /** Names this receive of the message, for deleting or returning it. */
  readonly receiptHandle: string;
  readonly text: string;
  /** Its string attributes. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A message with an event of a known source. */
export interface Work {
  /** Without its wait, which is over. */
  readonly message: QueuedMessage;
  readonly event: EventHeading;
  readonly source: Source;
  /** Undefined if the bucket has deleted it. */
  readonly body: Uint8Array | undefined;
  readonly claimable: Claimable;
}

/** The result of reading a message. */
export type Opened =
  | { readonly kind: 'work'; readonly work: Work }
  /** The message was sent back to wait and is not due yet. */
  | { readonly kind: 'early'; readonly wait: Wait }
  /** The message cannot be handled, now or later. */
  | { readonly kind: 'unusable'; readonly reason: string };

/**
 * Reads a message and its body, which is in the message or in the bucket.
 *
 * This comes before the claim, so that an unreachable bucket costs no attempt. The body of an early message is not read.
 *
 * @param invocation its `id` makes the owner of a claim unique
 */
export async function openMessage(
  message: QueuedMessage,
  invocation: { readonly id: string; readonly now: UnixMillis },
  sources: ReadonlyMap<string, Source>,
  getBody: GetObject,
): Promise<Opened> {
  const parsed = parse(message);
  if (typeof parsed === 'string') return { kind: 'unusable', reason: parsed };
  const source = sources.get(parsed.source);
  if (source === undefined)
    return { kind: 'unusable', reason: `there is no source '${fieldName(parsed.source)}'` };
  if (isEarly(parsed.wait, invocation.now)) return { kind: 'early', wait: parsed.wait };
  const body = await readBody(parsed, getBody);
  if (body instanceof AlteredBodyError) return { kind: 'unusable', reason: body.message };
  const claimable = claimableOf(message, parsed, source.settings, invocation.id);
  const work = { message: withoutWait(message, parsed), event: headingOf(parsed), source, body, claimable };
  return { kind: 'work', work };
}

const withoutWait = (message: QueuedMessage, { wait }: ReceivedMessage): QueuedMessage =>
  wait === undefined ? message : { ...message, text: withWait(message.text, undefined) };

/** @returns the error if the object in the bucket is not this event's body: a retry would read the same object */
async function readBody(
  event: ReceivedMessage,
  getBody: GetObject,
): Promise<Uint8Array | undefined | AlteredBodyError> {
  try {
    return await bytesOf(event, getBody);
  } catch (error) {
    if (error instanceof AlteredBodyError) return error;
    throw error;
  }
}

function parse(message: QueuedMessage): ReceivedMessage | string {
  try {
    return parseMessage(ReceivedMessage, 'queue message', message.text);
  } catch (error) {
    if (error instanceof MalformedMessageError) return error.message;
    throw error;
  }
}

const claimableOf = (
  message: QueuedMessage,
  event: ReceivedMessage,
  settings: SourceSettings,
  invocationId: string,
): Claimable => ({
  id: eventKey(event.source, event.id),
  owner: ownerOf(invocationId, message.messageId),
  messageId: event.wait?.origin ?? message.messageId,
  after: event.wait?.after,
  eventType: event.type,
  receivedAt: unixMillis(event.receivedAt),
  handlerRetryDelays: settings.handlerRetryDelays,
  lease: settings.lease,
  retention: settings.retention,
});

import * as v from 'valibot';
import { maxInlineMessageBytes, serialiseMessage, utf8Bytes } from './messages.ts';
import { bodyHash } from './provider/body-hash.ts';
import { decodeUtf8 } from './provider/payload.ts';
import { type GetObject, readStored } from './stored-body.ts';
import { inboundPrefix } from './tables.ts';

const heading = {
  v: v.literal(1),
  source: v.string(),
  provider: v.string(),
  id: v.string(),
  type: v.string(),
  /** Unix milliseconds. */
  receivedAt: v.number(),
  /** The request that brought the event in; the same in every log line about it. */
  correlationId: v.string(),
  /** An allow-list of the request's; never a credential or a signature. */
  headers: v.record(v.string(), v.string()),
};

/** What a message says that was sent back to its queue to wait there for the handler's next attempt. */
const Wait = v.object({
  /** Who made the attempt that failed, as the event's record names the owner of its claim. */
  after: v.string(),
  /** Unix milliseconds: when the next attempt is due. */
  notBefore: v.number(),
  /** The first queue message of those that followed one another. */
  origin: v.string(),
});
/** A wait that a message carries with it, out of the queue's in-flight places. */
export type Wait = v.InferOutput<typeof Wait>;

/** What is known about a received event beside its body. */
export type EventHeading = v.InferOutput<v.ObjectSchema<typeof heading, undefined>>;

/**
 * A verified inbound event as it is on the source's queue. Used by: receive → consume, replay → consume, and
 * consume → consume, with `wait`.
 *
 * The body stands in one of three places: as text when it is valid UTF-8, else as base64, and in the payload bucket
 * when the message would be too large.
 */
export const ReceivedMessage = v.union([
  v.object({ ...heading, body: v.string(), wait: v.optional(Wait) }),
  v.object({ ...heading, bodyBase64: v.string(), wait: v.optional(Wait) }),
  v.object({ ...heading, bodyS3: v.string(), wait: v.optional(Wait) }),
]);
export type ReceivedMessage = v.InferOutput<typeof ReceivedMessage>;

/** A message for the queue, and the body that has to be in the bucket before it is sent. */
export interface PackedEvent {
  readonly message: string;
  readonly stored?: { readonly key: string; readonly bytes: Uint8Array };
}

/**
 * Makes the queue message of an event.
 *
 * Whether the body goes to the bucket is decided on the message's final bytes. Its key is the body's hash: a duplicate
 * writes the same object again, and nobody who reuses an id can change what an earlier message points to.
 */
export function packEvent(event: EventHeading, body: Uint8Array): PackedEvent {
  const message = inlineMessage(event, body);
  if (utf8Bytes(message) <= maxInlineMessageBytes) return { message };
  const key = `${inboundPrefix(event.source)}${bodyHash(body)}`;
  return { message: serialiseMessage({ ...event, bodyS3: key }), stored: { key, bytes: body } };
}

/** The message with its body inside, whatever its size: as it is kept for a replay. */
export function inlineMessage(event: EventHeading, body: Uint8Array): string {
  const text = decodeUtf8(body);
  return serialiseMessage(
    text === undefined
      ? { ...event, bodyBase64: Buffer.from(body).toString('base64') }
      : { ...event, body: text },
  );
}

/**
 * The body of a parsed message, from wherever it is.
 *
 * @returns undefined when it is not in the bucket any more
 * @throws AlteredBodyError when what is in the bucket is not it
 */
export async function bytesOf(message: ReceivedMessage, get: GetObject): Promise<Uint8Array | undefined> {
  if ('body' in message) return Buffer.from(message.body, 'utf8');
  if ('bodyBase64' in message) return Buffer.from(message.bodyBase64, 'base64');
  return readStored(message.bodyS3, inboundPrefix(message.source), get);
}

/** The message without its body. */
export const headingOf = (message: ReceivedMessage): EventHeading => ({
  v: message.v,
  source: message.source,
  provider: message.provider,
  id: message.id,
  type: message.type,
  receivedAt: message.receivedAt,
  correlationId: message.correlationId,
  headers: message.headers,
});

/**
 * The text of a queue message, with another wait or without one.
 *
 * @param text of a message that was parsed before
 */
export function withWait(text: string, wait: Wait | undefined): string {
  const message: object = JSON.parse(text);
  return serialiseMessage({ ...message, wait });
}

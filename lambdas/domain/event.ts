import * as v from 'valibot';
import { MillisNumber } from './instant-fields.ts';
import { maxInlineMessageBytes, serialiseMessage, utf8Bytes } from './messages.ts';
import { bodyHash } from './provider/body-hash.ts';
import { decodeUtf8 } from './provider/payload.ts';
import { type GetObject, readStored } from './stored-body.ts';
import { inboundPrefix } from './tables.ts';

/** Shorter than the longest key of DynamoDB, with the source in front of it. λ receive makes ids of up to 700 bytes. */
const Name = v.pipe(v.string(), v.maxBytes(1024));

const heading = {
  v: v.literal(1),
  source: v.string(),
  provider: v.string(),
  id: Name,
  type: Name,
  /** Unix milliseconds. */
  receivedAt: MillisNumber,
  /** The id of the request that the event came in; in every log line about the event. */
  correlationId: Name,
  /** Headers of the request on the provider's allow-list; never a credential or a signature. */
  headers: v.record(v.string(), v.string()),
};

/** The wait of a message that was sent back to its queue until the handler's next attempt. */
const Wait = v.object({
  /** The owner of the claim whose attempt failed. */
  after: Name,
  /** Unix milliseconds: when the next attempt is due. */
  notBefore: MillisNumber,
  /** The first queue message of the chain of messages that were sent back. */
  origin: Name,
});
/** The wait inside of a message. A delayed message does not count as in flight. */
export type Wait = v.InferOutput<typeof Wait>;

/** A received event without its body. */
export type EventHeading = v.InferOutput<v.ObjectSchema<typeof heading, undefined>>;

/**
 * A verified event on its source's queue. Sent by receive and by a replay to consume, and by consume to itself with
 * `wait`.
 *
 * The body is a text if it is valid UTF-8, else base64, or an object in the payload bucket if the message would be too
 * large.
 */
export const ReceivedMessage = v.union([
  v.object({ ...heading, body: v.string(), wait: v.optional(Wait) }),
  v.object({ ...heading, bodyBase64: v.string(), wait: v.optional(Wait) }),
  v.object({ ...heading, bodyS3: v.string(), wait: v.optional(Wait) }),
]);
export type ReceivedMessage = v.InferOutput<typeof ReceivedMessage>;

/** A message for the queue, and the body that must be in the bucket before it is sent. */
export interface PackedEvent {
  readonly message: string;
  readonly stored?: { readonly key: string; readonly bytes: Uint8Array };
}

/**
 * Makes the queue message of an event.
 *
 * The final size of the message decides whether the body goes into the bucket. Its key is the body's hash, so a
 * duplicate writes the same object again, and another body under the same id cannot overwrite it.
 *
 * @param text the body's text, if it is known
 */
export function packEvent(event: EventHeading, body: Uint8Array, text?: string): PackedEvent {
  const message = inlineMessage(event, body, text);
  if (utf8Bytes(message) <= maxInlineMessageBytes) return { message };
  const key = `${inboundPrefix(event.source)}${bodyHash(body)}`;
  return { message: serialiseMessage({ ...event, bodyS3: key }), stored: { key, bytes: body } };
}

/** Makes the message with its body inside, regardless of size, to keep it for a replay. */
export function inlineMessage(event: EventHeading, body: Uint8Array, known?: string): string {
  const text = known ?? decodeUtf8(body);
  return serialiseMessage(
    text === undefined
      ? { ...event, bodyBase64: Buffer.from(body).toString('base64') }
      : { ...event, body: text },
  );
}

/**
 * Returns the body of a parsed message, from the message or the bucket.
 *
 * @returns undefined when it has expired in the bucket
 * @throws AlteredBodyError when the bucket has other bytes
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
 * Returns the text of a queue message with another wait, or without one.
 *
 * @param text of a message that has already been parsed
 */
export function withWait(text: string, wait: Wait | undefined): string {
  const message: object = JSON.parse(text);
  return serialiseMessage({ ...message, wait });
}

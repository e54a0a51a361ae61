import * as v from 'valibot';
import { parseJson } from './json.ts';

/**
 * The largest message that stays in SQS: above it the payload goes to S3. SQS itself takes 1 MiB, but bills by
 * 64 KiB, and a batch of ten has to fit Lambda's 6 MB event.
 */
export const maxInlineMessageBytes = 256 * 1024;

/** What one SQS message or one `SendMessageBatch` may hold, attributes included. */
export const maxMessageBytes = 1024 * 1024;

/**
 * Serialises a message for SQS.
 *
 * JSON escapes controls and lone surrogates by itself, but leaves U+FFFE and U+FFFF as they are, and SQS refuses
 * both. Every message of ours goes through here.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function serialiseMessage(message: object): string {
  return JSON.stringify(message).replace(
    /[\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16)}`,
  );
}

/** The size that SQS counts for a text: its UTF-8 bytes. */
export const utf8Bytes = (text: string): number => Buffer.byteLength(text, 'utf8');

/** The flow that gave a message up. */
const deadLetterKinds = ['inbound', 'publish', 'delivery'] as const;

/** A DLQ entry written by our own code: the reason, and the original message as it was. */
export const DeadLetter = v.object({
  v: v.literal(1),
  kind: v.picklist(deadLetterKinds),
  /** `source#eventId`, the published event's id, or the delivery's id. */
  id: v.string(),
  reason: v.string(),
  /** Unix milliseconds. */
  at: v.number(),
  attempts: v.number(),
  /** The original message body, unchanged, so that a redrive puts back exactly what was taken. */
  message: v.string(),
  /** Of a delivery: why it was given up, one of the causes in delivery-failure.ts. */
  cause: v.optional(v.string()),
  /** Of a delivery: whose it is, and where it was to go. Absent where that is not known. */
  tenant: v.optional(v.string()),
  endpointId: v.optional(v.string()),
  eventType: v.optional(v.string()),
  /** Without the path, which may hold a secret. */
  host: v.optional(v.string()),
});
export type DeadLetter = v.InferOutput<typeof DeadLetter>;

/** A message of ours, or one from outside, that does not have the shape it must have. */
export class MalformedMessageError extends Error {
  override name = 'MalformedMessageError' as const;
}

/**
 * Parses JSON text at a wall.
 *
 * @param what names the message in the error, e.g. `delivery task`
 * @throws MalformedMessageError naming the field, what was expected and the type received; never the payload
 */
export function parseMessage<Schema extends v.GenericSchema>(
  schema: Schema,
  what: string,
  text: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, readJson(what, text));
  if (result.success) return result.output;
  throw new MalformedMessageError(`${what} is malformed: ${result.issues.map(describeIssue).join('; ')}`);
}

function readJson(what: string, text: string): unknown {
  const value = parseJson(text);
  if (value !== undefined) return value;
  throw new MalformedMessageError(`${what} is not JSON (${utf8Bytes(text)} bytes); send a JSON object`);
}

/** `endpoint.url: expected string, received number`. */
export function describeIssue(issue: v.GenericIssue): string {
  const path = v.getDotPath(issue) ?? '(the whole message)';
  return `${path}: expected ${issue.expected ?? issue.type}, received ${typeOf(issue.input)}`;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

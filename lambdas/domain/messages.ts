import * as v from 'valibot';
import { EndpointIdText, TenantIdText } from './ids.ts';
import { Count, MillisNumber } from './instant-fields.ts';
import { parseJson } from './json.ts';
import { isDeeperThan } from './nesting.ts';

/**
 * The largest message with its payload inside; a larger payload goes to S3. SQS allows 1 MiB, but bills by 64 KiB, and
 * a batch of ten must fit into Lambda's 6 MB event.
 */
export const maxInlineMessageBytes = 256 * 1024;

/** The largest SQS message, and the largest `SendMessageBatch`, attributes included. */
export const maxMessageBytes = 1024 * 1024;

/**
 * Serialises a message for SQS.
 *
 * `JSON.stringify` escapes control characters and lone surrogates, but not U+FFFE and U+FFFF, which SQS refuses. Every
 * message that we send goes through here.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function serialiseMessage(message: object): string {
  const text = JSON.stringify(message);
  // Both searches end at once in a text of Latin-1, which the replacement would read to its end.
  if (!text.includes('\ufffe') && !text.includes('\uffff')) return text;
  return text.replace(/[\ufffe\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
}

/** The size of a text as SQS counts it, in UTF-8 bytes. */
export const utf8Bytes = (text: string): number => Buffer.byteLength(text, 'utf8');

/** The flow that dead-lettered a message. */
const deadLetterKinds = ['inbound', 'publish', 'delivery'] as const;

/** A message that our own code writes to a DLQ: the reason and the unchanged original message. */
export const DeadLetter = v.object({
  v: v.literal(1),
  kind: v.picklist(deadLetterKinds),
  /** `source#eventId`, the published event's id, or the delivery's id. */
  id: v.string(),
  reason: v.string(),
  /** Unix milliseconds. */
  at: MillisNumber,
  attempts: Count,
  /** The original message body, unchanged, for a redrive. */
  message: v.string(),
  /** Deliveries only: why the delivery failed, one of the causes in delivery-failure.ts. */
  cause: v.optional(v.string()),
  /** Deliveries only: the tenant, and below the destination. Absent when unknown. */
  tenant: v.optional(TenantIdText),
  endpointId: v.optional(EndpointIdText),
  eventType: v.optional(v.string()),
  /** The host only: the path may contain a secret. */
  host: v.optional(v.string()),
});
export type DeadLetter = v.InferOutput<typeof DeadLetter>;

/** A message that does not match its schema. */
export class MalformedMessageError extends Error {
  override name = 'MalformedMessageError' as const;
}

/**
 * Parses and validates the JSON of a message.
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

/** Our own messages have at most three. */
const maxMessageLevels = 16;

function readJson(what: string, text: string): unknown {
  const value = parseJson(text);
  if (value === undefined)
    throw new MalformedMessageError(`${what} is not JSON (${utf8Bytes(text)} bytes); send a JSON object`);
  // A payload is a text within a message. What is deeper could be parsed, and not be written again.
  if (isDeeperThan(value, maxMessageLevels))
    throw new MalformedMessageError(`${what} has more than ${maxMessageLevels} levels`);
  return value;
}

/** `endpoint.url: expected string, received number`, or `endpoint.url: missing`. */
export function describeIssue(issue: v.GenericIssue): string {
  const path = v.getDotPath(issue) ?? '(the whole message)';
  if (issue.input === undefined) return `${path}: missing`;
  // For an object that matches no alternative, Valibot only says that it expected an object.
  const [first] =
    v.getDotPath(issue) === null && typeOf(issue.input) === 'object' ? (issue.issues ?? []) : [];
  if (first !== undefined) return describeIssue(first);
  // A check has its own words.
  const expected = /check$/.test(issue.type) ? issue.message : (issue.expected ?? issue.type);
  return `${path}: expected ${expected}, received ${typeOf(issue.input)}`;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

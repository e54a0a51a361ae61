import * as v from 'valibot';
import { EventId, eventIdRule } from './event-id.ts';
import { parseExactly } from './exact-json.ts';
import { issuePath, issueText } from './issue-text.ts';
import { serialiseMessage, utf8Bytes } from './messages.ts';
import { openRange } from './publish-range.ts';
import { type UnknownField, unknownFields } from './unknown-fields.ts';
import { readUrl } from './url-text.ts';

export const EventType = v.pipe(
  v.string(),
  v.regex(
    /^(?=.{1,128}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/,
    '1 to 128 of A-Z a-z 0-9 _ - in parts separated by full stops, e.g. invoice.paid',
  ),
);
/** In a path `.` and `..` are no names. */
const Tenant = v.pipe(
  v.string(),
  v.regex(/^(?!\.{1,2}$)[A-Za-z0-9_.-]{0,64}$/, 'at most 64 of A-Z a-z 0-9 _ . -, and neither . nor ..'),
);
const EndpointId = v.pipe(
  v.string(),
  v.regex(
    /^(?!(.*\/)?\.{1,2}(\/|$))[A-Za-z0-9_.:/+=@-]{1,128}$/,
    '1 to 128 of A-Z a-z 0-9 _ . : / + = @ -, and neither . nor .. as a part',
  ),
);
const Url = v.pipe(
  v.string(),
  v.trim(),
  v.check(
    (text) => refusalOfUrl(text) === undefined,
    (issue) => refusalOfUrl(issue.input) ?? '',
  ),
);

function refusalOfUrl(text: string): string | undefined {
  const read = readUrl(text);
  if (!read.ok) return read.reason.replace(/^expected /, '');
  return /^https?:$/.test(read.url.protocol) ? undefined : 'an http or https URL';
}

/** One receiver of a publication. */
const Receiver = v.object({
  id: EndpointId,
  url: v.optional(Url),
  /** Which endpoint of that id; the management API says it. Another one does not get the event. */
  generation: v.optional(v.string()),
});

/** What a team publishes, through the topic or straight to the publish queue. */
const PublishMessage = v.object({
  id: v.optional(EventId),
  type: EventType,
  tenant: v.optional(Tenant, ''),
  data: v.unknown(),
  endpoint: v.optional(Receiver),
  /** The management API's: a test event to one endpoint. Anything else is as if it were not there. */
  byHand: v.fallback(v.optional(v.literal('test')), undefined),
});

/** Whom a publication is for. */
type Address =
  /** Every endpoint of the tenant that is subscribed to it. */
  | { readonly kind: 'tenant' }
  /** One registered endpoint, whatever it is subscribed to. */
  | { readonly kind: 'endpoint'; readonly id: string; readonly generation?: string }
  /** An URL that is not registered, under a name of the publisher's. */
  | { readonly kind: 'url'; readonly id: string; readonly url: string };

/** A publish message that can be carried out: it has an id, and addresses somebody. */
export interface Publication {
  readonly id: string;
  readonly type: string;
  /** Empty for URLs that are addressed directly. */
  readonly tenant: string;
  /** As published: numbers are kept digit by digit. */
  readonly data: unknown;
  readonly to: Address;
  /** To one registered endpoint: sent now, even if its breaker is open, and never held. */
  readonly isTest?: boolean;
}

/** What a publish message turned out to be. */
export type OpenedPublication =
  | { readonly kind: 'publication'; readonly publication: Publication }
  | { readonly kind: 'unusable'; readonly reason: string };

/** The envelope in which SNS hands a message to SQS; raw delivery is off, so that its `MessageId` gets here. */
const SnsEnvelope = v.object({ Type: v.literal('Notification'), MessageId: v.string(), Message: v.string() });

/** A message of the publish queue, out of SNS's envelope if it came in one. */
export interface UnwrappedMessage {
  readonly text: string;
  /** SNS's message id, else SQS's: the event's id where the publisher gives none, and the name of this publication. */
  readonly messageId: string;
  /** Why the envelope is not one of SNS: a sender that may write to the queue may write an envelope, too. */
  readonly fault?: string;
}

/**
 * Takes a message out of SNS's envelope; one that was sent straight to SQS has none.
 *
 * An envelope's id becomes an event's like any other, so it obeys the same rule; where it does not, SQS's own names the
 * message.
 */
export function unwrap(text: string, messageId: string): UnwrappedMessage {
  const envelope = v.safeParse(SnsEnvelope, tryParse(text));
  if (!envelope.success) return { text, messageId };
  const { Message, MessageId } = envelope.output;
  return v.is(EventId, MessageId)
    ? { text: Message, messageId: MessageId }
    : { text: Message, messageId, fault: `MessageId (of the SNS envelope): expected ${eventIdRule}` };
}

/** Reads a publish message; the team's applications control it. */
export function openPublication({ text, messageId, fault }: UnwrappedMessage): OpenedPublication {
  if (fault !== undefined) return unusable(fault);
  const json = tryParse(text);
  if (json === undefined) return unusable(`it is not JSON that can be read (${utf8Bytes(text)} bytes)`);
  if (!isObjectText(text)) return unusable('(the whole message): expected a JSON object');
  const parsed = v.safeParse(PublishMessage, json);
  const wrong = [...(parsed.issues ?? []).map(describe), ...unknownNames(json)];
  if (!parsed.success || wrong.length > 0) return unusable(wrong.join('; '));
  const { id = messageId, type, tenant, data, endpoint, byHand } = parsed.output;
  const to = addressOf(endpoint);
  if (to.kind !== 'url' && tenant === '') return unusable(unaddressed);
  const isTest = to.kind === 'endpoint' && byHand === 'test';
  const publication = { id, type, tenant, data, to, ...(isTest && { isTest }) };
  return { kind: 'publication', publication };
}

/** What publishers are told of. */
const { byHand: _, ...publishersFields } = PublishMessage.entries;
/** Of more unknown fields only the first are named. */
const maxNamed = 5;

/** A slip such as `endpiont` would send to a whole tenant what is for one endpoint. */
function unknownNames(json: unknown): readonly string[] {
  const message = fieldsOf(json);
  const unknown = [
    ...unknownFields(publishersFields, message).filter(({ name }) => name !== 'byHand'),
    ...unknownFields(Receiver.entries, fieldsOf(Reflect.get(message, 'endpoint'))).map(inEndpoint),
  ];
  return unknown.slice(0, maxNamed).map(({ name, message: wrong }) => `${name}: ${wrong}`);
}

/** A number that is kept digit by digit is an object without fields. */
const fieldsOf = (value: unknown): object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value) ? value : {};

const inEndpoint = ({ name, message }: UnknownField) => ({ name: `endpoint.${name}`, message });

function addressOf(endpoint: v.InferOutput<typeof PublishMessage>['endpoint']): Address {
  if (endpoint === undefined) return { kind: 'tenant' };
  const { id, url, generation } = endpoint;
  return url === undefined ? { kind: 'endpoint', id, generation } : { kind: 'url', id, url };
}

/** By the text: a number that is kept exactly is an object, too. */
const isObjectText = (text: string): boolean => /^\s*\{/.test(text);

const unusable = (reason: string): OpenedPublication => ({ kind: 'unusable', reason });

const unaddressed =
  'tenant: missing, so the message addresses nothing; give tenant, with endpoint { id } for one of its endpoints, or endpoint { id, url } for a URL';

/** Names the field and its rule; the values are the publisher's, and stay out of logs. */
const describe = (issue: v.GenericIssue): string =>
  `${issuePath(issue) || '(the whole message)'}: ${issueText(issue)}`;

function tryParse(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}

/** The message with its id written in where it has none: a redrive gives it a new message id, and must not make a new event. */
export function withId({ text, messageId }: UnwrappedMessage): {
  readonly id: string;
  readonly message: string;
} {
  // Ours, of an event that has its id: it goes back as it is.
  const range = openRange(text);
  if (range !== undefined) return { id: range.eventId, message: text };
  const json = tryParse(text);
  if (typeof json !== 'object' || json === null || !isObjectText(text))
    return { id: messageId, message: text };
  if ('id' in json) return { id: v.is(EventId, json.id) ? json.id : messageId, message: text };
  return { id: messageId, message: serialiseMessage({ id: messageId, ...json }) };
}

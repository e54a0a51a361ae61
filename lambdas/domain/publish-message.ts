import * as v from 'valibot';
import { EventIdField, EventIdShape, eventIdRule } from './event-id.ts';
import { parseExactlyOrNone } from './exact-json.ts';
import { asEndpointId, asEventId, asTenantId, type EndpointId, type EventId, type TenantId } from './ids.ts';
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
/** Not `.` or `..`, because the name is part of URLs. */
const Tenant = v.pipe(
  v.string(),
  v.regex(/^(?!\.{1,2}$)[A-Za-z0-9_.-]{0,64}$/, 'at most 64 of A-Z a-z 0-9 _ . -, and neither . nor ..'),
  v.transform(asTenantId),
);
/** The id of a destination: of a registered endpoint, or the name that a publisher gives a URL. */
export const DestinationId = v.pipe(
  v.string(),
  v.regex(
    /^(?!(.*\/)?\.{1,2}(\/|$))[A-Za-z0-9_.:/+=@-]{1,128}$/,
    '1 to 128 of A-Z a-z 0-9 _ . : / + = @ -, and neither . nor .. as a part',
  ),
  v.transform(asEndpointId),
);
const Url = v.pipe(
  v.string(),
  v.trim(),
  v.check(
    (text) => checkWebUrl(text) === undefined,
    (issue) => checkWebUrl(issue.input) ?? '',
  ),
);

/** @returns the rule that the text breaks; undefined for an http or https URL */
function checkWebUrl(text: string): string | undefined {
  const read = readUrl(text);
  if (!read.ok) return read.reason.replace(/^expected /, '');
  return /^https?:$/.test(read.url.protocol) ? undefined : 'an http or https URL';
}

/** The destination in a publish message. */
const DestinationField = v.object({
  id: DestinationId,
  url: v.optional(Url),
  /** Set by the management API: only this generation of the endpoint gets the event. */
  generation: v.optional(v.string()),
});

/** A publish message, from the topic or sent directly to the publish queue. */
const PublishMessage = v.object({
  id: v.optional(EventIdField),
  type: EventType,
  tenant: v.optional(Tenant, ''),
  data: v.unknown(),
  endpoint: v.optional(DestinationField),
  /** Set by the management API: a test event to one endpoint. Other values are ignored. */
  byHand: v.fallback(v.optional(v.literal('test')), undefined),
});

/** Where a publication goes. */
type Address =
  /** Every subscribed endpoint of the tenant. */
  | { readonly kind: 'tenant' }
  /** One registered endpoint, regardless of its subscription. */
  | { readonly kind: 'endpoint'; readonly id: EndpointId; readonly generation?: string }
  /** A URL that is not registered, under an id that the publisher chooses. */
  | { readonly kind: 'url'; readonly id: EndpointId; readonly url: string };

/** A valid publish message, with an id and an address. */
export interface Publication {
  readonly id: EventId;
  readonly type: string;
  /** May be empty for URLs that are not registered. */
  readonly tenant: TenantId;
  /** As published, with every digit of its numbers. */
  readonly data: unknown;
  readonly to: Address;
  /** A test for one registered endpoint: sent now, even if its breaker is open, and never held. */
  readonly isTest?: boolean;
}

/** A publish message after parsing, or why it is unusable. */
export type OpenedPublication =
  | { readonly kind: 'publication'; readonly publication: Publication }
  | { readonly kind: 'unusable'; readonly reason: string };

/** SNS's envelope around a message on SQS. Raw delivery is off, because the envelope has the `MessageId`. */
const SnsEnvelope = v.object({ Type: v.literal('Notification'), MessageId: v.string(), Message: v.string() });

/** A message of the publish queue, without SNS's envelope. */
export interface UnwrappedMessage {
  readonly text: string;
  /** SNS's message id, else SQS's. It is the event's id if the publisher gives none. */
  readonly messageId: string;
  /** Why the envelope is not from SNS: a sender with access to the queue may also write an envelope. */
  readonly fault?: string;
}

/**
 * Takes a message out of SNS's envelope, if it has one.
 *
 * The envelope's id may become an event id, so it must match the same rule. If it does not, SQS's message id is used.
 */
export function unwrap(text: string, messageId: string): UnwrappedMessage {
  const envelope = v.safeParse(SnsEnvelope, parseExactlyOrNone(text));
  if (!envelope.success) return { text, messageId };
  const { Message, MessageId } = envelope.output;
  return v.is(EventIdShape, MessageId)
    ? { text: Message, messageId: MessageId }
    : { text: Message, messageId, fault: `MessageId (of the SNS envelope): expected ${eventIdRule}` };
}

/** Parses a publish message, which comes from the team's applications. */
export function openPublication({ text, messageId, fault }: UnwrappedMessage): OpenedPublication {
  if (fault !== undefined) return unusable(fault);
  const json = parseExactlyOrNone(text);
  if (json === undefined) return unusable(`it is not valid JSON (${utf8Bytes(text)} bytes)`);
  if (!isObjectText(text)) return unusable('(the whole message): expected a JSON object');
  const parsed = v.safeParse(PublishMessage, json);
  const wrong = [...(parsed.issues ?? []).map(describe), ...unknownNames(json)];
  if (!parsed.success || wrong.length > 0) return unusable(wrong.join('; '));
  const { id = asEventId(messageId), type, tenant, data, endpoint, byHand } = parsed.output;
  const to = addressOf(endpoint);
  if (to.kind !== 'url' && tenant === '') return unusable(unaddressed);
  const isTest = to.kind === 'endpoint' && byHand === 'test';
  const publication = { id, type, tenant, data, to, ...(isTest && { isTest }) };
  return { kind: 'publication', publication };
}

/** The fields that publishers may use, named in errors. */
const { byHand: _, ...publishersFields } = PublishMessage.entries;
/** The most unknown fields that an error names. */
const maxNamed = 5;

/** Finds unknown fields. A misspelt `endpiont` would send an event to a whole tenant. */
function unknownNames(json: unknown): readonly string[] {
  const message = fieldsOf(json);
  const unknown = [
    ...unknownFields(publishersFields, message).filter(({ name }) => name !== 'byHand'),
    ...unknownFields(DestinationField.entries, fieldsOf(Reflect.get(message, 'endpoint'))).map(inEndpoint),
  ];
  return unknown.slice(0, maxNamed).map(({ name, message: wrong }) => `${name}: ${wrong}`);
}

/** The value if it is an object. A number from `parseExactly` is not one. */
const fieldsOf = (value: unknown): object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value) ? value : {};

const inEndpoint = ({ name, message }: UnknownField) => ({ name: `endpoint.${name}`, message });

function addressOf(endpoint: v.InferOutput<typeof PublishMessage>['endpoint']): Address {
  if (endpoint === undefined) return { kind: 'tenant' };
  const { id, url, generation } = endpoint;
  return url === undefined ? { kind: 'endpoint', id, generation } : { kind: 'url', id, url };
}

/** Looks at the text, because a number from `parseExactly` is an object, too. */
const isObjectText = (text: string): boolean => /^\s*\{/.test(text);

const unusable = (reason: string): OpenedPublication => ({ kind: 'unusable', reason });

const unaddressed =
  'tenant: missing, so the message has no destination; give tenant, with endpoint { id } for one of its endpoints, or endpoint { id, url } for a URL';

/** Names the field and its rule, without the value, which must not get into logs. */
const describe = (issue: v.GenericIssue): string =>
  `${issuePath(issue) || '(the whole message)'}: ${issueText(issue)}`;

/** Writes the id into a message without one. A redrive gives it a new message id, which must not make a new event. */
export function withId({ text, messageId }: UnwrappedMessage): {
  readonly id: string;
  readonly message: string;
} {
  // A range message has its event's id already.
  const range = openRange(text);
  if (range !== undefined) return { id: range.eventId, message: text };
  const json = parseExactlyOrNone(text);
  if (typeof json !== 'object' || json === null || !isObjectText(text))
    return { id: messageId, message: text };
  if ('id' in json) return { id: v.is(EventIdShape, json.id) ? json.id : messageId, message: text };
  return { id: messageId, message: serialiseMessage({ id: messageId, ...json }) };
}

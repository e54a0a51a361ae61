import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { ReceivedMessage } from '../../lambdas/domain/event.ts';
import { eventKey } from '../../lambdas/domain/idempotency.ts';
import {
  asDeliveryId,
  type DeliveryId,
  DeliveryIdText,
  type EndpointId,
  EndpointIdText,
  type TenantId,
  TenantIdText,
} from '../../lambdas/domain/ids.ts';
import { parseJson } from '../../lambdas/domain/json.ts';
import { DeadLetter } from '../../lambdas/domain/messages.ts';
import { unwrap, withId } from '../../lambdas/domain/publish-message.ts';
import { type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';

/** Which kind of DLQ: that of a source, of publishing, of the topic's subscription, or of deliveries. */
export type DlqKind = 'inbound' | 'publish' | 'subscription' | 'delivery';

/** A message received from a DLQ. */
export interface DlqMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly sentAt: UnixMillis;
  /** String attributes. SNS writes its error into them. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Where a dead letter goes when it is redriven. */
export type Resend =
  | {
      readonly kind: 'message';
      readonly body: string;
      readonly attributes: Readonly<Record<string, string>>;
      /** Undefined for the publish queue. */
      readonly source?: string;
    }
  /** The delivery's record is replayed; a task that SQS moved is sent back as it is if the record still waits for it. */
  | { readonly kind: 'replay'; readonly deliveryId: DeliveryId; readonly task?: string };

/** A dead letter without its payload. */
export interface DeadMessage {
  readonly id: string;
  readonly reason: string;
  /** Undefined when SQS or SNS moved the message, because they do not say. */
  readonly attempts?: number;
  readonly at: UnixMillis;
  /** Undefined when an inbound message cannot be parsed. */
  readonly source?: string;
  /** The failure cause of a delivery. */
  readonly cause?: string;
  /** Undefined when unknown, as are the fields below. */
  readonly tenant?: TenantId;
  readonly endpointId?: EndpointId;
  readonly eventType?: string;
  /** The host of the destination. */
  readonly host?: string;
  readonly resend: Resend;
}

const Task = v.object({
  deliveryId: DeliveryIdText,
  tenant: v.optional(TenantIdText),
  endpointId: v.optional(EndpointIdText),
});
/** The fields of a publication that can be read; a malformed one is a usual dead letter. */
const Publication = v.object({
  type: v.optional(v.string()),
  tenant: v.optional(TenantIdText),
  endpoint: v.optional(v.object({ id: v.optional(EndpointIdText), url: v.optional(v.string()) })),
});

/**
 * Parses a message of a DLQ: our own dead letter, a message that SQS moved, or an envelope that SNS could not deliver.
 *
 * @param maxReceives the number of receives after which SQS moves a message there; undefined when unknown
 */
export function readDeadMessage(kind: DlqKind, message: DlqMessage, maxReceives?: number): DeadMessage {
  const entry = parse(DeadLetter, message.body);
  const original = entry?.message ?? message.body;
  return {
    reason: entry?.reason ?? movedReason(kind, message, maxReceives),
    attempts: entry?.attempts,
    at: entry ? unixMillis(entry.at) : message.sentAt,
    ...destination(kind, original, entry, message.messageId),
  };
}

function movedReason(kind: DlqKind, { attributes }: DlqMessage, maxReceives?: number): string {
  if (kind === 'subscription')
    return `SNS could not deliver it: ${attributes['ErrorMessage'] ?? 'no reason given'}`;
  return `moved by SQS after ${maxReceives ?? 'too many'} receives`;
}

type Subject = Omit<DeadMessage, 'reason' | 'attempts' | 'at'>;

function destination(
  kind: DlqKind,
  original: string,
  entry: DeadLetter | undefined,
  messageId: string,
): Subject {
  switch (kind) {
    case 'inbound':
      return toSource(original, entry?.id ?? messageId);
    case 'publish':
    case 'subscription':
      return toPublish(original, entry?.id ?? messageId);
    case 'delivery':
      return toEndpoint(original, entry, messageId);
  }
}

function toEndpoint(original: string, entry: DeadLetter | undefined, messageId: string): Subject {
  const task = parse(Task, original);
  const deliveryId = asDeliveryId(entry?.id ?? task?.deliveryId ?? messageId);
  return {
    id: deliveryId,
    cause: entry?.cause,
    tenant: entry?.tenant ?? task?.tenant,
    endpointId: entry?.endpointId ?? task?.endpointId,
    eventType: entry?.eventType,
    host: entry?.host,
    resend: { kind: 'replay', deliveryId, ...(entry ? {} : { task: original }) },
  };
}

function toSource(original: string, fallbackId: string): Subject {
  const event = parse(ReceivedMessage, original);
  const resend = (attributes: Readonly<Record<string, string>>, source?: string): Resend => ({
    kind: 'message',
    body: original,
    attributes,
    source,
  });
  if (event === undefined) return { id: fallbackId, resend: resend({}) };
  const { source, id, type } = event;
  const key = eventKey(source, id);
  return { id: key, source, eventType: type, resend: resend({ source, eventType: type }, source) };
}

/** The id is sent along: SQS gives a resent message a new message id, which would make a second event. */
function toPublish(original: string, fallbackId: string): Subject {
  const unwrapped = unwrap(original, fallbackId);
  const { id, message } = withId(unwrapped);
  const { type, tenant, endpoint } = parse(Publication, unwrapped.text) ?? {};
  return {
    id,
    tenant,
    endpointId: endpoint?.id,
    eventType: type,
    host: endpoint?.url === undefined ? undefined : URL.parse(endpoint.url)?.host,
    // An envelope contains the id already, so it is sent back whole.
    resend: { kind: 'message', body: unwrapped.text === original ? message : original, attributes: {} },
  };
}

/** Equal for messages with the same effect, so that a message that fails again at once is not redriven in circles. */
export function resendKey(resend: Resend): string {
  return resend.kind === 'replay'
    ? resend.deliveryId
    : createHash('sha256').update(resend.body).digest('hex');
}

function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  text: string,
): v.InferOutput<Schema> | undefined {
  const result = v.safeParse(schema, parseJson(text));
  return result.success ? result.output : undefined;
}

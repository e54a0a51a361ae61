import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { ReceivedMessage } from '../../lambdas/domain/event.ts';
import { eventKey } from '../../lambdas/domain/idempotency.ts';
import { DeadLetter } from '../../lambdas/domain/messages.ts';
import { unwrap, withId } from '../../lambdas/domain/publish-message.ts';
import { type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';

/** Which kind of DLQ: that of a source, of publishing, of the topic's subscription, or of deliveries. */
export type DlqKind = 'inbound' | 'publish' | 'subscription' | 'delivery';

/** A message as a DLQ gave it to us. */
export interface DlqMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly sentAt: UnixMillis;
  /** String attributes: SNS writes what went wrong into them. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Where a dead letter goes when it is redriven. */
export type Resend =
  | {
      readonly kind: 'message';
      readonly body: string;
      readonly attributes: Readonly<Record<string, string>>;
      /** Undefined: of the publish queue. */
      readonly source?: string;
    }
  /** A delivery is begun anew on its record. A task that SQS moved goes back as it is if the record still waits for it. */
  | { readonly kind: 'replay'; readonly deliveryId: string; readonly task?: string };

/** What is known about a dead letter. Never its payload. */
export interface DeadMessage {
  readonly id: string;
  readonly reason: string;
  /** Undefined where SQS or SNS moved it: they do not say. */
  readonly attempts?: number;
  readonly at: UnixMillis;
  /** Undefined when a source's message does not even say whose it is. */
  readonly source?: string;
  /** Why a delivery was given up, in a word. */
  readonly cause?: string;
  /** Undefined where it is not known. */
  readonly tenant?: string;
  readonly endpointId?: string;
  readonly eventType?: string;
  /** Where it was to go. */
  readonly host?: string;
  readonly resend: Resend;
}

const Task = v.object({
  deliveryId: v.string(),
  tenant: v.optional(v.string()),
  endpointId: v.optional(v.string()),
});
/** As far as it can be read: what is wrong with it put it there. */
const Publication = v.object({
  type: v.optional(v.string()),
  tenant: v.optional(v.string()),
  endpoint: v.optional(v.object({ id: v.optional(v.string()), url: v.optional(v.string()) })),
});

/**
 * Understands a message of a DLQ: an entry of ours, a message that SQS moved, or an envelope that SNS could not hand over.
 *
 * @param maxReceives after so many receives SQS moves a message there; undefined when it is not known
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
    return `SNS could not hand it over: ${attributes['ErrorMessage'] ?? 'no reason given'}`;
  return `moved by SQS after ${maxReceives ?? 'too many'} receives`;
}

type Known = Omit<DeadMessage, 'reason' | 'attempts' | 'at'>;

function destination(
  kind: DlqKind,
  original: string,
  entry: DeadLetter | undefined,
  messageId: string,
): Known {
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

function toEndpoint(original: string, entry: DeadLetter | undefined, messageId: string): Known {
  const task = parse(Task, original);
  const deliveryId = entry?.id ?? task?.deliveryId ?? messageId;
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

function toSource(original: string, fallbackId: string): Known {
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

/** The id goes with it: SQS gives what is sent again an id of its own, which would make a second event. */
function toPublish(original: string, fallbackId: string): Known {
  const unwrapped = unwrap(original, fallbackId);
  const { id, message } = withId(unwrapped);
  const { type, tenant, endpoint } = parse(Publication, unwrapped.text) ?? {};
  return {
    id,
    tenant,
    endpointId: endpoint?.id,
    eventType: type,
    host: endpoint?.url === undefined ? undefined : URL.parse(endpoint.url)?.host,
    // An envelope carries the id already, so it goes back whole.
    resend: { kind: 'message', body: unwrapped.text === original ? message : original, attributes: {} },
  };
}

/** Equal for messages that do the same when they are sent: what fails again at once is not sent in circles. */
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

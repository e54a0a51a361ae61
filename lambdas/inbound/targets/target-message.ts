import type { HandlerEvent } from '../../domain/handler.ts';
import { eventKey } from '../../domain/idempotency.ts';
import { serialiseMessage, utf8Bytes } from '../../domain/messages.ts';
import { type Budget, someAt } from '../../domain/payload-path.ts';
import { bodyHash } from '../../domain/provider/body-hash.ts';
import { decodeUtf8, parseJsonBody } from '../../domain/provider/payload.ts';
import { inboundPrefix } from '../../domain/tables.ts';
import type { RemoteTarget } from '../../domain/target.ts';
import { maxTargetBytes, type SendToTarget, type TargetMessage } from '../../domain/target-message.ts';
import type { InboundPorts } from '../ports.ts';

/** What an event's way to a target uses outside of the process. */
export type TargetPorts = Pick<InboundPorts, 'putBody'> & {
  /** The name of the payload bucket. */
  readonly bucket: string;
  /** Sends a message to its target; rejects as `SendToTarget` does. */
  sendToTarget(target: RemoteTarget, ...args: Parameters<SendToTarget>): Promise<void>;
};

/**
 * Makes the message of an event for a target.
 *
 * A JSON body is put in as it is, so its numbers and names are those that the provider signed. An event over the target's limit
 * goes by claim check: its body is in the bucket before the message names it.
 */
export async function targetMessage(
  event: HandlerEvent,
  target: RemoteTarget,
  { putBody, bucket }: Pick<TargetPorts, 'putBody' | 'bucket'>,
): Promise<TargetMessage> {
  const { id, type, source } = event;
  const message = { key: eventKey(source, id), id, type, source, group: groupIn(event, target) };
  const text = `${headOf(event)},${contentOf(event)}}`;
  if (utf8Bytes(text) <= maxTargetBytes[target.kind]) return { ...message, text };
  const key = `${inboundPrefix(source)}${bodyHash(event.body)}`;
  await putBody(key, event.body);
  const bodyS3 = { bucket, key, bytes: event.body.byteLength };
  return { ...message, text: `${headOf(event)},"bodyS3":${serialiseMessage(bodyS3)}}` };
}

/** The beginning of a message, up to its content. */
function headOf({ id, type, source, provider, receivedAt, headers }: HandlerEvent): string {
  const key = eventKey(source, id);
  return serialiseMessage({ v: 1, id, key, type, source, provider, receivedAt, headers }).slice(0, -1);
}

/** `payload` is what a handler gets; `body` or `bodyBase64` is there if the body is not JSON. */
function contentOf(event: HandlerEvent): string {
  const text = decodeUtf8(event.body);
  if (text !== undefined && parseJsonBody(text) !== undefined) return `"payload":${sendable(text)}`;
  const body =
    text === undefined ? { bodyBase64: Buffer.from(event.body).toString('base64') } : { body: text };
  return serialiseMessage({ payload: event.payload, ...body }).slice(1, -1);
}

/** SQS refuses two characters, which JSON can write in another way. Only strings can contain them. */
const sendable = (json: string): string =>
  json
    .replace(/^\ufeff/, '')
    .trim()
    .replace(/[\ufffe\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);

/** A group is one text or number; other values are no group. */
function groupIn(event: HandlerEvent, target: RemoteTarget): string | undefined {
  if (!('groupBy' in target) || target.groupBy === undefined) return undefined;
  let group: string | undefined;
  const budget: Budget = { left: 0 };
  someAt(
    event.payload,
    target.groupBy,
    (value) => {
      if ((typeof value === 'string' && value !== '') || typeof value === 'number') group = String(value);
      return group !== undefined;
    },
    budget,
  );
  return group;
}

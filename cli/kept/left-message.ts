import * as v from 'valibot';
import { ReceivedMessage } from '../../lambdas/domain/event.ts';
import { DeadLetter, MalformedMessageError, parseMessage } from '../../lambdas/domain/messages.ts';
import type { DlqMessage } from '../dlq/dead-letter.ts';

/** A message of a queue that was left. */
export type LeftMessage =
  | {
      readonly kind: 'event';
      readonly event: ReceivedMessage;
      /** The message as the receiver sent it. */
      readonly body: string;
      readonly attributes: Readonly<Record<string, string>>;
    }
  /** The reason names the field that is wrong, never the payload. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads a message of a source's work queue or DLQ; a dead letter of ours is unwrapped. */
export function readLeft(message: DlqMessage): LeftMessage {
  try {
    const body = originalOf(message.body);
    const event = parseMessage(ReceivedMessage, 'message', body);
    const attributes = { ...message.attributes, source: event.source, eventType: event.type };
    return { kind: 'event', event, body, attributes };
  } catch (error) {
    if (error instanceof MalformedMessageError) return { kind: 'unreadable', reason: error.message };
    throw error;
  }
}

/** @throws MalformedMessageError when it is not JSON */
function originalOf(body: string): string {
  const parsed = parseMessage(v.unknown(), 'message', body);
  const letter = v.safeParse(DeadLetter, parsed);
  return letter.success ? letter.output.message : body;
}

import type { Seconds } from '../../../lambdas/domain/time.ts';
import { checkMost, checkVisibility, type GivenMessage, refusal, refusalOfMessage } from './limits.ts';

/** A message as one receive returns it. */
export interface ReceivedMessage {
  readonly messageId: string;
  /** Names this receive of it. */
  readonly receiptHandle: string;
  readonly text: string;
  /** How often it has been received, this time included. */
  readonly receives: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly sentAt: number;
}

interface Stored {
  readonly messageId: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly sentAt: number;
  visibleAt: number;
  receives: number;
}

/** The settings of a queue. */
export interface QueueSettings {
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly visibility: Seconds;
  /** The beginning of the messages' ids. */
  readonly idPrefix?: string;
  /** With a queue for what was received so often. */
  readonly redrive?: { readonly maxReceiveCount: number; readonly to: (moved: Stored) => void };
  /** The order in which visible messages are received: a standard queue promises none. */
  readonly order?: <Message>(visible: readonly Message[]) => readonly Message[];
  /** Whether a message that is received stays visible, so that it is received twice: at least once is no more often. */
  readonly isRepeated?: () => boolean;
}

/** A receipt handle of this queue: the message, and which receive of it. */
const handle = /^(.+)\/(\d+)$/;
const inOrder = <Message>(visible: readonly Message[]): readonly Message[] => visible;

/**
 * A standard queue of SQS in memory, on the caller's clock: visibility timeouts, delays, receive counts, receipt handles that
 * become stale, a dead-letter queue, and SQS's limits. `sqs-contract.ts` holds it to the emulator.
 */
export function storedQueue({
  now,
  visibility,
  redrive,
  order = inOrder,
  isRepeated = () => false,
  idPrefix = 'message-',
}: QueueSettings) {
  const messages = new Map<string, Stored>();
  let sent = 0;

  /** The message of a receipt handle; undefined once it is deleted, or received again. */
  function received(receiptHandle: string): Stored | undefined {
    const [, messageId = '', receives] = handle.exec(receiptHandle) ?? [];
    const message = messages.get(messageId);
    return message?.receives === Number(receives) ? message : undefined;
  }

  function moveDead(): void {
    if (redrive === undefined) return;
    for (const message of [...messages.values()]) {
      if (message.receives < redrive.maxReceiveCount || message.visibleAt > now()) continue;
      messages.delete(message.messageId);
      redrive.to(message);
    }
  }

  function receiveOne(message: Stored, hiddenFor: Seconds): ReceivedMessage {
    message.receives++;
    const receiptHandle = `${message.messageId}/${message.receives}`;
    if (!isRepeated()) message.visibleAt = now() + hiddenFor * 1000;
    const { messageId, text, receives, attributes, sentAt } = message;
    return { messageId, receiptHandle, text, receives, attributes, sentAt };
  }

  return {
    /** @throws a refusal @returns its id */
    send(given: GivenMessage): string {
      const refused = refusalOfMessage(given);
      if (refused !== undefined) throw refused;
      const { MessageBody = '', DelaySeconds = 0, MessageAttributes = {} } = given;
      const messageId = `${idPrefix}${++sent}`;
      const attributes = Object.fromEntries(
        Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
      );
      const visibleAt = now() + DelaySeconds * 1000;
      messages.set(messageId, {
        messageId,
        text: MessageBody,
        attributes,
        sentAt: now(),
        visibleAt,
        receives: 0,
      });
      return messageId;
    },

    /** Takes a message that another queue moved here. It keeps its id, and when it was sent. */
    take(moved: Stored): void {
      messages.set(moved.messageId, { ...moved, visibleAt: now() });
    },

    /** Receives what is visible. @throws a refusal */
    receive(most: number, hiddenFor = visibility): ReceivedMessage[] {
      checkMost(most);
      checkVisibility(hiddenFor);
      moveDead();
      const visible = [...messages.values()].filter(({ visibleAt }) => visibleAt <= now());
      return order(visible)
        .slice(0, most)
        .map((message) => receiveOne(message, hiddenFor));
    },

    /** A stale receipt handle deletes nothing, without an error. */
    delete(receiptHandle: string): void {
      if (!handle.test(receiptHandle))
        throw refusal('ReceiptHandleIsInvalid', `${receiptHandle} is not valid`);
      const message = received(receiptHandle);
      if (message !== undefined) messages.delete(message.messageId);
    },

    /** @throws a refusal of a receipt handle that is stale, or whose message is not in flight any more */
    changeVisibility(receiptHandle: string, after: Seconds): void {
      checkVisibility(after);
      const message = received(receiptHandle);
      if (message === undefined) throw refusal('ReceiptHandleIsInvalid', `${receiptHandle} is stale`);
      if (message.visibleAt <= now())
        throw refusal('MessageNotInflight', `${receiptHandle} is not in flight`);
      message.visibleAt = now() + after * 1000;
    },

    purge: (): void => messages.clear(),

    /** All messages by their ids, also hidden and delayed ones. */
    messages,

    /** When the next message can be received; Infinity if there is none. */
    nextVisibleAt: (): number => Math.min(...[...messages.values()].map(({ visibleAt }) => visibleAt)),

    sent: (): number => sent,
  };
}

export type StoredQueue = ReturnType<typeof storedQueue>;

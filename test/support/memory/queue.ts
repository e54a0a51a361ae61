import { type Seconds, seconds, type UnixMillis } from '../../../lambdas/domain/time.ts';

interface QueuedMessage {
  readonly messageId: string;
  readonly text: string;
  readonly receives: number;
  readonly visibleAt: number;
}

/** A received message; its receipt handle holds until it is received again. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly text: string;
  readonly receives: number;
}

/** An SQS queue in memory, on the caller's clock. */
export function memoryQueue(now: () => UnixMillis, visibility: Seconds = seconds(450)) {
  let messages: QueuedMessage[] = [];
  let sent = 0;
  const handleOf = ({ messageId, receives }: QueuedMessage) => `${messageId}/${receives}`;

  const send = async ({ body, delay = seconds(0) }: { body: string; delay?: Seconds }): Promise<void> => {
    if (delay > 900) throw new Error(`SQS carries a delay of at most 900 s, not ${delay}`);
    sent++;
    messages.push({ messageId: `m${sent}`, text: body, receives: 0, visibleAt: now() + delay * 1000 });
  };

  return {
    send,
    async sendAll(all: readonly { body: string; delay?: Seconds }[]): Promise<void> {
      for (const message of all) await send(message);
    },

    receive(max: number): ReceivedMessage[] {
      const taken = messages.filter(({ visibleAt }) => visibleAt <= now()).slice(0, max);
      const hidden = taken.map((message) => ({
        ...message,
        receives: message.receives + 1,
        visibleAt: now() + visibility * 1000,
      }));
      messages = [...messages.filter((message) => !taken.includes(message)), ...hidden];
      return hidden.map((message) => ({
        messageId: message.messageId,
        text: message.text,
        receives: message.receives,
        receiptHandle: handleOf(message),
      }));
    },

    async delete(receiptHandle: string): Promise<void> {
      messages = messages.filter((message) => handleOf(message) !== receiptHandle);
    },

    /** SQS answers with an error when the message was deleted, or received again since. */
    async returnAfter(receiptHandle: string, after: Seconds): Promise<void> {
      if (after > 43_200) throw new Error(`SQS hides a message for at most 12 h, not ${after} s`);
      if (!messages.some((message) => handleOf(message) === receiptHandle))
        throw new Error(`SQS does not know the receipt handle ${receiptHandle} any more`);
      messages = messages.map((message) =>
        handleOf(message) === receiptHandle ? { ...message, visibleAt: now() + after * 1000 } : message,
      );
    },

    purge(): void {
      messages = [];
    },

    /** All that are there, hidden and delayed ones, too. */
    contents: () => messages.map(({ text }) => text),
    /** When the next message can be received. */
    nextVisibleAt: () => Math.min(...messages.map(({ visibleAt }) => visibleAt)),
    sent: () => sent,
  };
}

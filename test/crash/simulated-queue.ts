import { later, type Seconds, seconds, type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';
import type { SimulatedTime } from './simulated-time.ts';

/** A message as one receive returns it. */
export interface ReceivedFromQueue {
  readonly messageId: string;
  /** Valid until the message is received again. */
  readonly receiptHandle: string;
  readonly text: string;
}

interface Stored {
  readonly messageId: string;
  readonly text: string;
  visibleAt: UnixMillis;
  receives: number;
}

/** The settings of a queue. */
export interface QueueSettings {
  readonly visibilityTimeout: Seconds;
  readonly maxReceiveCount: number;
  /** The queue for messages that were received too often. */
  readonly moveToDlq: (text: string) => void;
}

/** SQS's limit: 12 h. */
const longestVisibility = seconds(43_200);
/** SQS's limit: 15 min. */
const longestDelay = seconds(900);

/** A standard SQS queue: visibility timeouts, receive counts, and stale receipt handles, which delete nothing and return nothing. */
export function simulatedQueue(time: Pick<SimulatedTime, 'now'>, settings: QueueSettings) {
  const messages = new Map<string, Stored>();
  let sent = 0;

  function find(receiptHandle: string): Stored | undefined {
    const [messageId = '', receives] = receiptHandle.split('/');
    const message = messages.get(messageId);
    return message?.receives === Number(receives) ? message : undefined;
  }

  return {
    messages,

    async send(text: string, delay?: Seconds): Promise<string> {
      if (delay !== undefined && delay > longestDelay) throw new RangeError(`a delay of ${delay} s`);
      const messageId = `message-${++sent}`;
      const visibleAt = delay === undefined ? time.now() : later(time.now(), delay);
      messages.set(messageId, { messageId, text, visibleAt, receives: 0 });
      return messageId;
    },

    /** @param max the most messages to return */
    receive(max: number): ReceivedFromQueue[] {
      const batch: ReceivedFromQueue[] = [];
      for (const message of messages.values()) {
        if (batch.length === max) break;
        if (message.visibleAt > time.now()) continue;
        if (message.receives >= settings.maxReceiveCount) {
          messages.delete(message.messageId);
          settings.moveToDlq(message.text);
          continue;
        }
        message.receives++;
        message.visibleAt = later(time.now(), settings.visibilityTimeout);
        const { messageId, text, receives } = message;
        batch.push({ messageId, receiptHandle: `${messageId}/${receives}`, text });
      }
      return batch;
    },

    async delete(receiptHandle: string): Promise<void> {
      const message = find(receiptHandle);
      if (message) messages.delete(message.messageId);
    },

    async returnAfter(receiptHandle: string, after: Seconds): Promise<void> {
      if (after > longestVisibility) throw new RangeError(`a visibility timeout of ${after} s`);
      const message = find(receiptHandle);
      if (message === undefined) throw new Error(`the receipt handle ${receiptHandle} is stale`);
      message.visibleAt = later(time.now(), after);
    },

    /** When the next message can be received; undefined when there is none. */
    nextVisibleAt(): UnixMillis | undefined {
      if (messages.size === 0) return undefined;
      return unixMillis(Math.min(...[...messages.values()].map(({ visibleAt }) => visibleAt)));
    },
  };
}
export type SimulatedQueue = ReturnType<typeof simulatedQueue>;

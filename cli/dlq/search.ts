import type { DeadMessage, DlqMessage } from './dead-letter.ts';

export interface SearchPorts {
  /** @returns none at the end of the queue */
  receive(): Promise<readonly DlqMessage[]>;
  makeVisible(messages: readonly DlqMessage[]): Promise<void>;
  read(message: DlqMessage): DeadMessage;
}

/** The result of a search. */
export interface FoundDead {
  readonly dead: readonly DeadMessage[];
  /** False when the queue was not read to its end. */
  readonly isWhole: boolean;
}

/**
 * Searches a queue, and makes all messages visible again.
 *
 * Messages are hidden for a minute. When a queue is too long to be read in that time, the first ones come again, and the
 * search ends.
 *
 * @param isMeant selects dead letters of the queue; only those count towards the limit
 */
export async function searchDeadLetters(
  isMeant: (dead: DeadMessage) => boolean,
  limit: number,
  ports: SearchPorts,
): Promise<FoundDead> {
  const held = new Map<string, DlqMessage>();
  const dead: DeadMessage[] = [];
  try {
    while (dead.length < limit) {
      const batch = await ports.receive();
      if (batch.length === 0) return { dead, isWhole: true };
      const fresh = batch.filter(({ messageId }) => !held.has(messageId));
      for (const message of batch) held.set(message.messageId, message);
      if (fresh.length === 0) break;
      dead.push(...fresh.map(ports.read).filter(isMeant));
    }
    return { dead: dead.slice(0, limit), isWhole: false };
  } finally {
    await ports.makeVisible([...held.values()]);
  }
}

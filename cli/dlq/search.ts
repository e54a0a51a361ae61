import type { DeadMessage, DlqMessage } from './dead-letter.ts';

/** What a search needs of the outside world. */
export interface SearchPorts {
  /** @returns none when the queue is read to its end */
  receive(): Promise<readonly DlqMessage[]>;
  giveBack(messages: readonly DlqMessage[]): Promise<void>;
  read(message: DlqMessage): DeadMessage;
}

/** What was found. */
export interface FoundDead {
  readonly dead: readonly DeadMessage[];
  /** False when the queue was not read to its end: there may be more. */
  readonly isWhole: boolean;
}

/**
 * Looks through a queue, and gives everything back.
 *
 * A queue that is longer than can be read in the minute for which it hides what it gave begins anew: the search ends there.
 *
 * @param isMeant which of the queue's dead letters; only those count towards the limit
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
    await ports.giveBack([...held.values()]);
  }
}

import type { DeadMessage, DlqMessage } from './dead-letter.ts';

/** What going through a queue needs of the outside world. */
export interface WalkPorts {
  /** @returns none when the queue is read to its end */
  receive(): Promise<readonly DlqMessage[]>;
  giveBack(messages: readonly DlqMessage[]): Promise<void>;
  delete(message: DlqMessage): Promise<void>;
  read(message: DlqMessage): DeadMessage;
  /** @param done of those that are meant */
  progress(done: number): void;
  /** Ctrl-C: what was begun is finished, and no more. */
  isStopped(): boolean;
}

/** How far it came. */
export interface Walked {
  /** Dead letters that are not meant: they stay. */
  readonly others: number;
  /** False when the queue is longer than can be read in the minute for which it hides what it gave: there may be more. */
  readonly isWhole: boolean;
  readonly wasStopped: boolean;
}

/**
 * Goes through a queue, ten messages at a time, and gives back at once what it does not delete.
 *
 * @param isMeant which of the queue's dead letters
 * @param settle deals with one that is meant; @returns whether it is to be deleted
 */
export async function walkQueue(
  isMeant: (dead: DeadMessage) => boolean,
  settle: (dead: DeadMessage) => Promise<boolean>,
  ports: WalkPorts,
): Promise<Walked> {
  const seen = new Set<string>();
  const others = new Set<string>();
  const left = new Map<string, DlqMessage>();
  let done = 0;

  async function recheckOne(message: DlqMessage): Promise<void> {
    const dead = ports.read(message);
    if (!isMeant(dead)) {
      others.add(message.messageId);
      return;
    }
    if (!(await settle(dead))) return;
    await ports.delete(message);
    left.delete(message.messageId);
    done += 1;
  }

  let isWhole = false;
  try {
    for (;;) {
      const batch = await ports.receive();
      isWhole = batch.length === 0;
      // Else it is longer than can be read before the first ones are visible again.
      if (batch.every(({ messageId }) => seen.has(messageId))) break;
      for (const message of batch) {
        seen.add(message.messageId);
        left.set(message.messageId, message);
      }
      await allSettled(batch.map(recheckOne));
      ports.progress(done);
      if (ports.isStopped()) break;
    }
  } finally {
    await ports.giveBack([...left.values()]);
  }
  return { others: others.size, isWhole, wasStopped: ports.isStopped() };
}

/** Waits for all, then throws the first failure: a failed send leaves no other between send and delete. */
async function allSettled(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

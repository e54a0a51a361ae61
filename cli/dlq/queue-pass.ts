import type { DlqMessage } from './dead-letter.ts';

export interface QueuePassPorts {
  /** @returns none at the end of the queue */
  receive(): Promise<readonly DlqMessage[]>;
  makeVisible(messages: readonly DlqMessage[]): Promise<void>;
  delete(message: DlqMessage): Promise<void>;
  /** @param done the number of messages that were processed and deleted */
  progress(done: number): void;
  /** True after Ctrl-C: the current batch is finished, and no other is started. */
  isStopped(): boolean;
}

/** The result of a pass through a queue. */
export interface QueuePass {
  /** False when the queue is too long to be read in the minute for which messages are hidden. */
  readonly isWhole: boolean;
  readonly wasStopped: boolean;
}

/**
 * Passes through a queue, ten messages at a time, and makes visible again what it does not delete.
 *
 * @param process handles one message; @returns whether to delete it
 */
export async function passThrough(
  process: (message: DlqMessage) => Promise<boolean>,
  ports: QueuePassPorts,
): Promise<QueuePass> {
  const seen = new Set<string>();
  const left = new Map<string, DlqMessage>();
  let done = 0;

  async function processOne(message: DlqMessage): Promise<void> {
    if (!(await process(message))) return;
    await ports.delete(message);
    left.delete(message.messageId);
    done += 1;
  }

  let isWhole = false;
  try {
    while (!ports.isStopped()) {
      const batch = await ports.receive();
      isWhole = batch.length === 0;
      // Only known messages: the queue is too long to be read before the first ones are visible again.
      if (batch.every(({ messageId }) => seen.has(messageId))) break;
      for (const message of batch) {
        seen.add(message.messageId);
        left.set(message.messageId, message);
      }
      await allSettled(batch.map(processOne));
      ports.progress(done);
    }
  } finally {
    await ports.makeVisible([...left.values()]);
  }
  return { isWhole, wasStopped: ports.isStopped() };
}

/** Waits for all, then throws the first failure, so that no other message is left between send and delete. */
async function allSettled(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

import type { DeadMessage, DlqMessage } from './dead-letter.ts';
import { passThrough, type QueuePass, type QueuePassPorts } from './queue-pass.ts';

export interface WalkPorts extends QueuePassPorts {
  read(message: DlqMessage): DeadMessage;
}

/** The result of a pass through a dead-letter queue. */
export interface Walked extends QueuePass {
  /** The number of dead letters that are not selected and stay. */
  readonly others: number;
}

/**
 * Passes through a dead-letter queue, and leaves the unselected letters in it.
 *
 * @param isMeant selects dead letters of the queue
 * @param process handles one selected dead letter; @returns whether to delete it
 */
export async function walkQueue(
  isMeant: (dead: DeadMessage) => boolean,
  process: (dead: DeadMessage) => Promise<boolean>,
  ports: WalkPorts,
): Promise<Walked> {
  const others = new Set<string>();
  const processSelected = async (message: DlqMessage): Promise<boolean> => {
    const dead = ports.read(message);
    if (isMeant(dead)) return process(dead);
    others.add(message.messageId);
    return false;
  };
  const { isWhole, wasStopped } = await passThrough(processSelected, ports);
  return { others: others.size, isWhole, wasStopped };
}

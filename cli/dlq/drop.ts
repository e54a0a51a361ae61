import type { DeadMessage } from './dead-letter.ts';
import { type Walked, type WalkPorts, walkQueue } from './walk-queue.ts';

/** The result of dropping. */
export interface Dropped extends Walked {
  readonly dropped: number;
}

/** Deletes dead letters for good. @param isMeant selects dead letters of the queue */
export async function drop(isMeant: (dead: DeadMessage) => boolean, ports: WalkPorts): Promise<Dropped> {
  let dropped = 0;
  const count = async (): Promise<boolean> => {
    dropped += 1;
    return true;
  };
  return { ...(await walkQueue(isMeant, count, ports)), dropped };
}

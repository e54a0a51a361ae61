import type { Walked } from './walk-queue.ts';

/** The end of a sentence that says what a command left in the queue. */
export function restOf({ others, isWhole, wasStopped }: Walked): string {
  const stays =
    others > 0
      ? `; ${others} that ${others === 1 ? 'does' : 'do'} not match ${others === 1 ? 'stays' : 'stay'}`
      : '';
  const isCutShort = !isWhole && !wasStopped;
  return `${stays}${isCutShort ? '; the queue is too long for one pass: repeat the command' : ''}`;
}

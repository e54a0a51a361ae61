import type { Walked } from './walk-queue.ts';

/** What a command left in the queue, as the end of its sentence. */
export function restOf({ others, isWhole, wasStopped }: Walked): string {
  const stays =
    others > 0
      ? `; ${others} that ${others === 1 ? 'does' : 'do'} not fit ${others === 1 ? 'stays' : 'stay'}`
      : '';
  const isCutShort = !isWhole && !wasStopped;
  return `${stays}${isCutShort ? '; the queue is longer than could be looked through: repeat it' : ''}`;
}

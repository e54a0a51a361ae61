import type { Draws } from '../draws.ts';

/** Calls that wait for their turn. Each choice lets one on; the plainest is the one that has waited longest. */
export function waitingCalls(order: Draws) {
  const waiting: (() => void)[] = [];
  return {
    turn: () => new Promise<void>((resolve) => waiting.push(resolve)),
    size: () => waiting.length,
    letOneOn: (): void => waiting.splice(order.below(waiting.length), 1)[0]?.(),
  };
}

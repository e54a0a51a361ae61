import { setTimeout as pause } from 'node:timers/promises';
import { inParallel } from './in-parallel.ts';

/** More than there are receivers. */
const sendersAtOnce = 16;

/** Sends events: a few at the same time, or each at its own time, whether those before it have been answered or not. */
export async function sendPaced(
  ids: readonly string[],
  rate: number | undefined,
  send: (id: string) => Promise<void>,
): Promise<void> {
  if (rate === undefined) {
    await inParallel(sendersAtOnce, ids, send);
    return;
  }
  const begun = performance.now();
  const sends: Promise<void>[] = [];
  for (const [nth, id] of ids.entries()) {
    const early = begun + (nth * 1000) / rate - performance.now();
    if (early > 0) await pause(early);
    sends.push(send(id));
  }
  await Promise.all(sends);
}

/** Ids of events. @param prefix tells one run's events from another's */
export const idsOf = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, nth) => `${prefix}_${nth}`);

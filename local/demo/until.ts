import { setTimeout as pause } from 'node:timers/promises';
import { BrokenPromiseError } from './story.ts';

/**
 * Polls until there is a value.
 *
 * @throws BrokenPromiseError when the time is over
 */
export async function until<T>(what: string, look: () => Promise<T | undefined>, seconds = 60): Promise<T> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(200);
  }
  throw new BrokenPromiseError(`not as promised: ${what} did not happen within ${seconds} s`);
}

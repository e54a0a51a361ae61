import { setTimeout as pause } from 'node:timers/promises';

/**
 * Polls until `probe` returns something other than undefined or false.
 *
 * @param what finishes the sentence "waited 30 s for …" of the error
 * @throws Error with the last value or error seen
 */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  within = { seconds: 60 },
): Promise<T> {
  const end = Date.now() + within.seconds * 1000;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    await pause(250);
  }
  throw new Error(`waited ${within.seconds} s for ${what}`, { cause: last });
}

import type { ReadStream } from 'node:tty';

/** A terminal's input, as far as it is used. */
export type KeyInput = Pick<ReadStream, 'isTTY' | 'setRawMode' | 'on' | 'off' | 'resume' | 'pause'>;

/** In raw mode, a terminal sends no signal. */
const interrupt = '\u0003';

/**
 * Calls back for single keys, if the input is a terminal.
 *
 * @returns ends it
 */
export function onKeys(
  input: KeyInput,
  { repeat, stop }: { readonly repeat: () => void; readonly stop: () => void },
): () => void {
  if (!input.isTTY) return () => undefined;
  const act = (bytes: Buffer): void => {
    for (const key of bytes.toString('utf8')) {
      if (key === interrupt || key === 'q') stop();
      if (key === 'r') repeat();
    }
  };
  input.setRawMode(true);
  input.on('data', act);
  input.resume();
  return () => {
    input.off('data', act);
    input.setRawMode(false);
    input.pause();
  };
}

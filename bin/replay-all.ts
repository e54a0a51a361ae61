import { untilInterrupted } from './interrupt.ts';
import { progressLine } from './progress-line.ts';
import { RefusedError } from './refusal.ts';
import { cell, counted } from './table.ts';

/**
 * Replays one after the other, and says what became of them.
 *
 * @param replayOne returns why it was refused, or undefined when it was replayed
 * @throws RefusedError when any was refused, or Ctrl-C ended it
 */
export async function replayAll(
  ids: readonly string[],
  noun: { readonly one: string; readonly many: string },
  replayOne: (id: string) => Promise<string | undefined>,
): Promise<void> {
  let replayed = 0;
  let refused = 0;
  const progress = progressLine('replayed');

  async function step(id: string): Promise<void> {
    const reason = await replayOne(id);
    if (reason === undefined) {
      replayed += 1;
      progress(replayed);
    } else {
      refused += 1;
      console.error(`not replayed: ${cell(reason)}`);
    }
  }

  const wasStopped = await untilInterrupted(async (isStopped) => {
    for (const id of ids) {
      if (isStopped()) return true;
      await step(id);
    }
    return false;
  });
  const done = `${counted(replayed, noun.one, noun.many)} replayed`;
  if (wasStopped) throw new RefusedError(`Stopped: ${done}, ${ids.length - replayed - refused} not begun.`);
  if (refused > 0) throw new RefusedError(`${done}, ${refused} refused.`);
  console.log(ids.length === 0 ? `There is no ${noun.one} to replay.` : `${done}.`);
}

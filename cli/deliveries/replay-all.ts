import { RefusedError } from '../terminal/errors.ts';
import { untilInterrupted } from '../terminal/interrupt.ts';
import { print } from '../terminal/print.ts';
import { progressLine } from '../terminal/progress-line.ts';
import { cell, counted } from '../terminal/table.ts';

/**
 * Replays items one by one, and prints the results.
 *
 * @param replayOne returns why it was refused, or undefined when it was replayed
 * @throws RefusedError when any was refused, or Ctrl-C ended it
 */
export async function replayAll<Id extends string>(
  ids: readonly Id[],
  noun: { readonly one: string; readonly many: string },
  replayOne: (id: Id) => Promise<string | undefined>,
  options: { readonly json?: boolean },
): Promise<void> {
  const replayed: string[] = [];
  const refused: { id: string; reason: string }[] = [];
  const progress = progressLine('replayed');

  async function step(id: Id): Promise<void> {
    const reason = await replayOne(id);
    if (reason === undefined) {
      replayed.push(id);
      progress(replayed.length);
    } else {
      refused.push({ id, reason });
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
  const notStarted = ids.slice(replayed.length + refused.length);
  const done = `${counted(replayed.length, noun.one, noun.many)} replayed.`;
  print(
    options,
    { replayed, refused, notBegun: notStarted },
    ids.length === 0 ? `There is no ${noun.one} to replay.` : done,
  );
  if (wasStopped) throw new RefusedError(`Stopped: ${notStarted.length} not started.`);
  if (refused.length > 0) throw new RefusedError(`${refused.length} refused.`);
}

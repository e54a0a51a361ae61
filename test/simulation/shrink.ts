import type { Choices } from './draws.ts';

/** The most runs that a search for a shorter schedule takes. */
const mostRuns = 2_000;

/**
 * Searches for plainer choices that still break the promise: it leaves choices out and makes them smaller.
 *
 * @param fails plays a run
 * @returns the plainest choices that were found
 */
export async function shrink(
  failing: Choices,
  fails: (choices: Choices) => Promise<boolean>,
): Promise<Choices> {
  const search = { best: failing, runs: 0 };
  const tryOne = async (choices: Choices): Promise<boolean> => {
    if (search.runs >= mostRuns) return false;
    search.runs++;
    if (!(await fails(choices))) return false;
    search.best = choices;
    return true;
  };
  const improve = async (part: keyof Choices): Promise<boolean> => {
    const before = search.best[part];
    const with_ = (list: readonly number[]): Choices => ({ ...search.best, [part]: list });
    for (const pass of passes) await pass(search.best[part], (list) => tryOne(with_(list)));
    return isSimpler(search.best[part], before);
  };

  await tryOne({ ...search.best, order: [] });
  for (let hasImproved = true; hasImproved && search.runs < mostRuns; ) {
    const story = await improve('story');
    const order = await improve('order');
    hasImproved = story || order;
  }
  return search.best;
}

const isSimpler = (one: readonly number[], other: readonly number[]): boolean =>
  one.length < other.length || one.some((choice, at) => choice < (other[at] ?? 0));

type Try = (list: readonly number[]) => Promise<boolean>;
type Pass = (list: readonly number[], tries: Try) => Promise<void>;

/** Cuts the end off: what follows are the plainest choices. */
const cutTail: Pass = async (list, tries) => {
  let kept = list;
  for (let cut = Math.ceil(kept.length / 2); cut >= 1; cut = cut === 1 ? 0 : Math.ceil(cut / 2)) {
    while (kept.length > 0 && (await tries(kept.slice(0, -cut)))) kept = kept.slice(0, -cut);
  }
};

/** Leaves out, or makes plain, runs of choices of several lengths. */
const inChunks =
  (change: (chunk: readonly number[]) => readonly number[]): Pass =>
  async (list, tries) => {
    let kept = list;
    for (const size of [32, 16, 8, 5, 4, 3, 2, 1]) {
      for (let at = 0; at < kept.length; ) {
        const chunk = kept.slice(at, at + size);
        const changed = [...kept.slice(0, at), ...change(chunk), ...kept.slice(at + size)];
        if (isSimpler(changed, kept) && (await tries(changed))) kept = changed;
        else at += size;
      }
    }
  };

/** Makes each choice as small as possible. */
const lower: Pass = async (list, tries) => {
  let kept = list;
  for (const at of list.keys()) {
    for (const smaller of [0, Math.floor((kept[at] ?? 0) / 2), (kept[at] ?? 0) - 1]) {
      const changed = kept.with(at, smaller);
      if (smaller >= 0 && smaller < (kept[at] ?? 0) && (await tries(changed))) {
        kept = changed;
        break;
      }
    }
  }
};

const passes: readonly Pass[] = [cutTail, inChunks(() => []), inChunks((chunk) => chunk.map(() => 0)), lower];

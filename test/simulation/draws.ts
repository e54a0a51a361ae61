/** A source of choices that records them. The smaller a choice, the plainer what follows from it. */
export interface Draws {
  /** @returns a whole number from 0 to below the limit; 0 is the plainest choice */
  below(limit: number): number;
  /** All choices so far. */
  readonly taken: readonly number[];
}

/** Choices that follow from a seed. @param of the same seed gives other choices for another purpose */
function seededDraws(seed: number, of: string): Draws {
  const random = randomFrom(seed, of);
  return recorded((limit) => Math.floor(random() * limit));
}

/** Recorded choices once more; after their end, the plainest ones. */
function replayedDraws(list: readonly number[]): Draws {
  let at = 0;
  return recorded((limit) => Math.min(list[at++] ?? 0, limit - 1));
}

function recorded(next: (limit: number) => number): Draws {
  const taken: number[] = [];
  return {
    taken,
    below(limit) {
      const choice = next(Math.max(1, limit));
      taken.push(choice);
      return choice;
    },
  };
}

/** The plainest choice is no. @param percent how often it is yes */
export const chance = (draws: Draws, percent: number): boolean => draws.below(100) >= 100 - percent;

/** One of several; the first is the plainest. An element that occurs more often is chosen more often. */
export function pick<const T>(draws: Draws, from: readonly [T, ...T[]]): T {
  const [first] = from;
  return from[draws.below(from.length)] ?? first;
}

/** Up to `most` elements. Each is announced by one choice, so that a shrunk run can leave any of them out. */
export function several<T>(draws: Draws, most: number, percent: number, make: (index: number) => T): T[] {
  const all: T[] = [];
  while (all.length < most && chance(draws, percent)) all.push(make(all.length));
  return all;
}

/** Mulberry32: numbers from 0 to below 1 that follow from a seed. */
function randomFrom(seed: number, of: string): () => number {
  let state = Math.imul(seed + 1, 2_654_435_761) | 0;
  for (const letter of of) state = Math.imul(state ^ letter.charCodeAt(0), 1_597_334_677);
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The choices of a run: what happens in it, and who runs next. */
export interface Choices {
  readonly story: readonly number[];
  readonly order: readonly number[];
}

/** The two sources of the choices of a run. */
export interface ChoiceSources {
  readonly story: Draws;
  readonly order: Draws;
}

export const sourcesOf = (of: number | Choices): ChoiceSources =>
  typeof of === 'number'
    ? { story: seededDraws(of, 'story'), order: seededDraws(of, 'order') }
    : { story: replayedDraws(of.story), order: replayedDraws(of.order) };

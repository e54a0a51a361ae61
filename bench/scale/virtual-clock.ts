/** Something that happens at a time, in milliseconds. Of two at the same time the one that was planned first comes first. */
interface Planned {
  readonly at: number;
  readonly nth: number;
  readonly run: () => void;
}

const isBefore = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && a.nth < b.nth);

/** Virtual time: a binary heap of what is planned. No real time passes. */
export function virtualClock() {
  const heap: Planned[] = [];
  let [now, planned] = [0, 0];

  function swap(a: number, b: number): void {
    const [first, second] = [heap[a], heap[b]];
    if (first === undefined || second === undefined) return;
    heap[a] = second;
    heap[b] = first;
  }

  const isEarlier = (a: number, b: number): boolean => {
    const [first, second] = [heap[a], heap[b]];
    return first !== undefined && second !== undefined && isBefore(first, second);
  };

  function rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!isEarlier(at, parent)) return;
      swap(at, parent);
      at = parent;
    }
  }

  function sink(): void {
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const least = isEarlier(right, left) ? right : left;
      if (!isEarlier(least, at)) return;
      swap(at, least);
      at = least;
    }
  }

  function next(): Planned | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) {
      heap[0] = last;
      sink();
    }
    return first;
  }

  return {
    now: (): number => now,

    /** Plans something; a time in the past is now. */
    at(time: number, run: () => void): void {
      heap.push({ at: Math.max(time, now), nth: planned++, run });
      rise(heap.length - 1);
    },

    /** Runs what is planned, until a time. */
    runUntil(end: number): void {
      for (let first = heap[0]; first !== undefined && first.at <= end; first = heap[0]) {
        next();
        now = first.at;
        first.run();
      }
      now = end;
    },
  };
}

export type VirtualClock = ReturnType<typeof virtualClock>;

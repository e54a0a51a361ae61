/** Something that happens at a time, in milliseconds. Of two at the same time the one that was planned first comes first. */
interface Planned {
  readonly at: number;
  readonly nth: number;
  readonly run: () => void;
}

const isBefore = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && a.nth < b.nth);

/** A binary heap: what comes first is on top. */
function plans() {
  const heap: Planned[] = [];

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

  function sink(): void {
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const least = isEarlier(right, left) ? right : left;
      if (!isEarlier(least, at)) return;
      swap(at, least);
      at = least;
    }
  }

  return {
    first: (): Planned | undefined => heap[0],
    add(planned: Planned): void {
      heap.push(planned);
      for (let at = heap.length - 1; at > 0 && isEarlier(at, (at - 1) >> 1); at = (at - 1) >> 1)
        swap(at, (at - 1) >> 1);
    },
    removeFirst(): void {
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return;
      heap[0] = last;
      sink();
    },
  };
}

/** Virtual time: runs what is planned, one after the other. No real time passes. */
export function virtualClock() {
  const planned = plans();
  let [now, count] = [0, 0];
  return {
    now: (): number => now,

    /** Plans something; a time in the past is now. */
    at(time: number, run: () => void): void {
      planned.add({ at: Math.max(time, now), nth: count++, run });
    },

    /** Runs what is planned, until a time. */
    runUntil(end: number): void {
      for (let first = planned.first(); first !== undefined && first.at <= end; first = planned.first()) {
        planned.removeFirst();
        now = first.at;
        first.run();
      }
      now = end;
    },
  };
}

export type VirtualClock = ReturnType<typeof virtualClock>;

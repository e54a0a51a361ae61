/** Limits concurrent work in this process. */
export interface ConcurrencyLimit {
  /** Waits for a place, first in, first out. @returns false when no place is free within so many milliseconds */
  enter(within: number): Promise<boolean>;
  /** Releases a place; call it once for each `enter` that returned true. */
  leave(): void;
}

/** Makes a limit of `max` places. */
export function concurrencyLimit(max: number): ConcurrencyLimit {
  let free = max;
  const waiting = new Set<() => void>();
  return {
    enter(within) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      if (free > 0) {
        free--;
        resolve(true);
        return promise;
      }
      const timer = setTimeout(() => {
        waiting.delete(letIn);
        resolve(false);
      }, within);
      const letIn = () => {
        clearTimeout(timer);
        resolve(true);
      };
      waiting.add(letIn);
      return promise;
    },
    leave() {
      const [next] = waiting;
      if (next === undefined) free++;
      else {
        waiting.delete(next);
        next();
      }
    },
  };
}

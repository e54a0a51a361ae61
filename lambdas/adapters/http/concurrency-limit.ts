/** Bounds what goes on at once in this process. */
export interface ConcurrencyLimit {
  /** Waits for a place, first come, first served. @returns false when no place is free within so many milliseconds */
  enter(within: number): Promise<boolean>;
  /** Gives a place back; once for each `enter` that was true. */
  leave(): void;
}

/** At most `max` places are taken at once. */
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

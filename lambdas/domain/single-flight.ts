/** Work that is under way, by name: a caller that asks for the same in the meantime gets the same answer. */
export interface SingleFlight<Result> {
  isUnderWay(name: string): boolean;
  /** @throws the error of the work, to each caller that waits for it */
  run(name: string, work: () => Promise<Result>): Promise<Result>;
}

/** Lets one piece of work of each name run at a time. */
export function singleFlight<Result>(): SingleFlight<Result> {
  const underWay = new Map<string, Promise<Result>>();
  return {
    isUnderWay: (name) => underWay.has(name),
    run(name, work) {
      const running = underWay.get(name);
      if (running !== undefined) return running;
      const started = work().finally(() => underWay.delete(name));
      underWay.set(name, started);
      return started;
    },
  };
}

/** Running work by name. A caller that asks for the same work while it runs gets the same result. */
export interface SingleFlight<Result> {
  isUnderWay(name: string): boolean;
  /** @throws the error of the work, for each caller that waits for it */
  run(name: string, work: () => Promise<Result>): Promise<Result>;
}

/** Runs at most one piece of work per name at a time. */
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

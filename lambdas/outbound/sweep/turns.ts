/**
 * Lets pieces of work take turns: a few at the same time, the others in the order in which they came.
 *
 * @param atOnce how many run at the same time
 */
export function turns(atOnce: number): Turn {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < atOnce) running++;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}

/** Does a piece of work when its turn has come. */
export type Turn = <Result>(work: () => Promise<Result>) => Promise<Result>;

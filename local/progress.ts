import { styleText } from 'node:util';

/** Prints that a step begins, runs it, and prints how long it took. */
export type ShowProgress = <T>(step: string, work: () => Promise<T>) => Promise<T>;

/** Prints one line when a step begins and one when it is done, readable on a terminal and in a CI log. */
export const printProgress =
  (print: (line: string) => void): ShowProgress =>
  async (step, work) => {
    print(styleText('dim', `· ${step} …`));
    const begun = performance.now();
    const result = await work();
    print(
      `${styleText('green', '✔')} ${step} ${styleText('dim', `${((performance.now() - begun) / 1000).toFixed(1)} s`)}`,
    );
    return result;
  };

export const silently: ShowProgress = (_step, work) => work();

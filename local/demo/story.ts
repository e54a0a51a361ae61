import { styleText } from 'node:util';

/** The demo found that a promise was not kept. */
export class BrokenPromiseError extends Error {
  override name = 'BrokenPromiseError' as const;
}

/** Prints the demo line by line, as it happens. */
export function storyTeller(print: (line: string) => void) {
  return {
    chapter: (title: string): void => print(`\n${styleText('bold', title)}`),
    say: (line: string): void => print(`  ${line}`),

    /** Checks a promise: prints it if it holds, throws if not. */
    promise(line: string, holds: boolean, found: unknown): void {
      if (!holds) throw new BrokenPromiseError(`not as promised: ${line}; found ${JSON.stringify(found)}`);
      print(`  ${styleText('green', '✔')} ${line}`);
    },
  };
}
export type Story = ReturnType<typeof storyTeller>;

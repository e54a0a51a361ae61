import { styleText } from 'node:util';

/** Something that the demo shows was not as promised. */
export class BrokenPromiseError extends Error {
  override name = 'BrokenPromiseError' as const;
}

/** Tells the demo, line by line, as it happens. */
export function storyTeller(print: (line: string) => void) {
  return {
    chapter: (title: string): void => print(`\n${styleText('bold', title)}`),
    say: (line: string): void => print(`  ${line}`),

    /** A promise that is looked at: said when it holds, thrown when not. */
    promise(line: string, holds: boolean, found: unknown): void {
      if (!holds) throw new BrokenPromiseError(`not as promised: ${line}; found ${JSON.stringify(found)}`);
      print(`  ${styleText('green', '✔')} ${line}`);
    },
  };
}
export type Story = ReturnType<typeof storyTeller>;

import { createInterface } from 'node:readline/promises';

/** Asks on the terminal; anything but `y` and `yes` means no. */
export async function confirmed(question: string): Promise<boolean> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const said = await asking.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(said.trim());
  } finally {
    asking.close();
  }
}

/** Tests of a run, by how they ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The last line of a run, for whatever reads logs: `tests: 904 passed, 0 failed, 2 skipped`. */
export const summaryLine = ({ passed, failed, skipped }: Counts): string =>
  `tests: ${passed} passed, ${failed} failed, ${skipped} skipped`;

const failed = 'failed: ';

/** A test or file that failed, for whatever reads logs: `failed: test/a.test.ts > what it says: expected 1 to be 2`. */
export const failedLine = (name: string, message = ''): string =>
  `${failed}${name}: ${message.replaceAll(/\s+/g, ' ').slice(0, 300)}`;

export const isFailedLine = (line: string): boolean => line.startsWith(failed);

/** @returns undefined for any line but a summary */
export function countsIn(line: string): Counts | undefined {
  const found = /^tests: (\d+) passed, (\d+) failed, (\d+) skipped$/.exec(line);
  if (found === null) return undefined;
  const [passed = 0, failed = 0, skipped = 0] = found.slice(1).map(Number);
  return { passed, failed, skipped };
}

/** The counts of several runs as one. */
export const sumOf = (all: readonly Counts[]): Counts => ({
  passed: all.reduce((sum, { passed }) => sum + passed, 0),
  failed: all.reduce((sum, { failed }) => sum + failed, 0),
  skipped: all.reduce((sum, { skipped }) => sum + skipped, 0),
});

import { onTestFinished, vi } from 'vitest';

/** The lines that are written to the standard output until the test ends; none of them is shown. */
export function outputLines(): string[] {
  const lines: string[] = [];
  const output = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(...String(text).trimEnd().split('\n'));
    return true;
  });
  onTestFinished(() => void output.mockRestore());
  return lines;
}

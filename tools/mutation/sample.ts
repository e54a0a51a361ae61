import { createHash } from 'node:crypto';

/** A mutant as its place and its text; lines and columns count from 1. */
interface Sampled {
  /** From the root of the project. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly replacement: string;
}

/** Whether a mutant is in the sample of one in so many. The same mutants are in each run, as long as their file stays. */
export function isInSample({ file, line, column, replacement }: Sampled, oneIn: number): boolean {
  const key = [file, line, column, replacement].join('\n');
  return createHash('sha256').update(key).digest().readUInt32BE() % oneIn === 0;
}

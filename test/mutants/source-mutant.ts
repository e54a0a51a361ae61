/** A deliberate mistake in the code, played by editing a source file as it is loaded. The file on disk stays as it is. */
export interface SourceMutant {
  /** Unique; says the mistake: 'finish does not compare the owner'. */
  readonly name: string;
  /** The promise of docs/architecture.md that it breaks, in words. */
  readonly breaks: string;
  /** From the root of the repository: 'lambdas/domain/limiter.ts'. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** A test file that fails with it, from the root. */
  readonly caughtBy: string;
  /** Why the simulation cannot notice it, e.g. because it does not run λ's own file; undefined: the simulation finds it. */
  readonly outsideSimulation?: string;
}

/** @returns the source with the mistake; throws when `from` does not occur exactly once */
export function mutate(source: string, { name, file, from, to }: SourceMutant): string {
  const parts = source.split(from);
  if (parts.length === 2) return parts.join(to);
  throw new Error(
    `the mutant '${name}' replaces a text that occurs ${parts.length - 1} times in ${file}, not once: ${from}`,
  );
}

/** A deliberate mistake in the code, played by editing a source file as it is loaded. The file on disk stays as it is. */
export interface SourceMutant {
  /** Unique; says the mistake: 'finish does not compare the owner'. */
  readonly name: string;
  /** The promise that it breaks: one of `promises`. */
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

/** What the mutants of one file share. Each mutant may name another test. */
type Shared = Pick<SourceMutant, 'file' | 'caughtBy' | 'outsideSimulation'>;
type Mistake = Omit<SourceMutant, 'file' | 'caughtBy'> & Partial<Pick<SourceMutant, 'caughtBy'>>;

/** Makes the mutants of one file. */
export const mutantsOf = (shared: Shared, mistakes: readonly Mistake[]): readonly SourceMutant[] =>
  mistakes.map((mistake) => ({ ...shared, ...mistake }));

/** @returns the source with the mistake; throws when `from` does not occur exactly once */
export function mutate(source: string, { name, file, from, to }: SourceMutant): string {
  const [before, after, ...more] = source.split(from);
  if (before === undefined || after === undefined || more.length > 0) {
    const count = source.split(from).length - 1;
    throw new Error(
      `the mutant '${name}' must find its text in ${file} once, and finds it ${count} times: ${JSON.stringify(from)}; adapt the mutant to the code`,
    );
  }
  return `${before}${to}${after}`;
}

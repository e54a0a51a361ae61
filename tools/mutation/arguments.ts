import { parseArgs } from 'node:util';

/** What to mutate: everything, the files that differ from a branch, or the named ones. */
export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'changed'; readonly since: string }
  | { readonly kind: 'named'; readonly patterns: readonly string[] };

interface Arguments {
  readonly scope: Scope;
  /** Options for Stryker. */
  readonly options: readonly string[];
  /** The tests to run instead of those of the area; then the survivors are not final. */
  readonly tests?: string;
  /** Of how many mutants one is measured. */
  readonly oneIn: number;
}

/** @throws TypeError for an unknown option, or a sample that is not a whole number from 1 on */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      changed: { type: 'boolean' },
      since: { type: 'string' },
      concurrency: { type: 'string' },
      force: { type: 'boolean' },
      tests: { type: 'string' },
      sample: { type: 'string', default: '1' },
    },
  });
  const { changed, since, concurrency, force, tests, sample } = values;
  if (!/^[1-9]\d*$/.test(sample))
    throw new TypeError(`--sample N measures one mutant in N, not in ${sample}`);
  const options = [
    ...(concurrency === undefined ? [] : ['--concurrency', concurrency]),
    ...(force === true ? ['--force'] : []),
    ...(sample === '1' ? [] : ['--checkers', 'sample']),
  ];
  return { scope: scopeOf(changed === true, since, positionals), options, tests, oneIn: Number(sample) };
}

function scopeOf(isChanged: boolean, since: string | undefined, patterns: readonly string[]): Scope {
  if (isChanged || since !== undefined) return { kind: 'changed', since: since ?? 'main' };
  return patterns.length > 0 ? { kind: 'named', patterns } : { kind: 'all' };
}

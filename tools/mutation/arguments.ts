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
}

/** @throws TypeError for an unknown option */
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
    },
  });
  const { changed, since, concurrency, force, tests } = values;
  const options = [
    ...(concurrency === undefined ? [] : ['--concurrency', concurrency]),
    ...(force === true ? ['--force'] : []),
  ];
  return { scope: scopeOf(changed === true, since, positionals), options, tests };
}

function scopeOf(isChanged: boolean, since: string | undefined, patterns: readonly string[]): Scope {
  if (isChanged || since !== undefined) return { kind: 'changed', since: since ?? 'main' };
  return patterns.length > 0 ? { kind: 'named', patterns } : { kind: 'all' };
}

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './files.ts';
import type { PlacedMutant } from './report.ts';
import {
  type MutatedFile,
  type MutatedStatement,
  roundOf,
  statementOf,
  withStatements,
} from './statements.ts';

const copy = join(root, '.local/mutation/compiled');
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/**
 * The ids of the mutants that do not compile. They are put into a copy of `lambdas/`, many in a round.
 *
 * What is only left unused counts as compiled: an edit by hand would take it away as well.
 */
export async function refusedByCompiler(mutants: readonly PlacedMutant[]): Promise<ReadonlySet<string>> {
  const refused = new Set<string>();
  if (mutants.length > 0) makeCopy();
  let left = mutants.map(statementOf);
  while (left.length > 0) {
    const round = roundOf(left);
    left = left.filter((statement) => !round.includes(statement));
    for (const id of await refusedOf(round)) refused.add(id);
  }
  return refused;
}

async function refusedOf(round: readonly MutatedStatement[]): Promise<readonly string[]> {
  const files = new Map<string, MutatedFile>();
  for (const [file, statements] of Map.groupBy(round, ({ mutant }) => mutant.file))
    files.set(file, withStatements(statements[0]?.mutant.source ?? '', statements));
  for (const [file, { text }] of files) writeFileSync(join(copy, file), text);
  const found = await errors();
  for (const file of files.keys()) writeFileSync(join(copy, file), readFileSync(join(root, file)));
  return found.flatMap(({ file, line }) =>
    (files.get(file)?.places ?? [])
      .filter(({ first, last }) => first <= line && line <= last)
      .map(({ id }) => id),
  );
}

function makeCopy(): void {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  cpSync(join(root, 'lambdas'), join(copy, 'lambdas'), { recursive: true });
  for (const name of ['node_modules', 'package.json']) symlinkSync(join(root, name), join(copy, name));
  const compilerOptions = {
    incremental: true,
    tsBuildInfoFile: join(copy, 'tsc.tsbuildinfo'),
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const config = { extends: join(root, 'tsconfig.json'), include: ['lambdas'], compilerOptions };
  writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify(config));
}

/** What the compiler says of the copy. Paths are from the root of the project, lines count from 1. */
async function errors(): Promise<readonly { readonly file: string; readonly line: number }[]> {
  const run = promisify(execFile)(process.execPath, [tsc, '-p', copy, '--pretty', 'false'], { cwd: copy });
  const output = await run.then(
    () => '',
    (error: { readonly stdout: string }) => error.stdout,
  );
  return output.split('\n').flatMap((text) => {
    const [, file, line] = /^(\S+)\((\d+),\d+\): error/.exec(text) ?? [];
    return file === undefined ? [] : [{ file, line: Number(line) }];
  });
}

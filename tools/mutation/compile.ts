import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './files.ts';
import type { PlacedMutant } from './report.ts';

const copy = join(root, '.local/mutation/compiled');
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/**
 * The ids of the mutants that do not compile. Each is put into a copy of `lambdas/`; a round of the compiler judges one of each file.
 *
 * What is only left unused counts as compiled: an edit by hand would take it away as well.
 */
export async function refusedByCompiler(mutants: readonly PlacedMutant[]): Promise<ReadonlySet<string>> {
  if (mutants.length === 0) return new Set();
  makeCopy();
  const refused = new Set<string>();
  let left = mutants;
  while (left.length > 0) {
    const round = roundOf(left);
    const inRound = new Set(round.values());
    left = left.filter((mutant) => !inRound.has(mutant));
    for (const [file, mutant] of round) writeFileSync(join(copy, file), mutant.mutated);
    for (const file of await filesWithErrors()) {
      const mutant = round.get(file);
      if (mutant !== undefined) refused.add(mutant.id);
    }
    for (const file of round.keys()) writeFileSync(join(copy, file), readFileSync(join(root, file)));
  }
  return refused;
}

/** One mutant of each file. No file of a round imports another, so that an error is due to the mutant of its own file. */
function roundOf(mutants: readonly PlacedMutant[]): ReadonlyMap<string, PlacedMutant> {
  const round = new Map<string, PlacedMutant>();
  for (const mutant of mutants) {
    const others = [...round.values()];
    const isApart = others.every((other) => !imports(mutant, other) && !imports(other, mutant));
    if (!round.has(mutant.file) && isApart) round.set(mutant.file, mutant);
  }
  return round;
}

const imports = ({ mutated }: PlacedMutant, { file }: PlacedMutant): boolean =>
  mutated.includes(`/${file.slice(file.lastIndexOf('/') + 1)}'`);

function makeCopy(): void {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  cpSync(join(root, 'lambdas'), join(copy, 'lambdas'), { recursive: true });
  for (const name of ['node_modules', 'package.json', 'lib']) symlinkSync(join(root, name), join(copy, name));
  const compilerOptions = {
    incremental: true,
    tsBuildInfoFile: join(copy, 'tsc.tsbuildinfo'),
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const config = { extends: join(root, 'tsconfig.json'), include: ['lambdas'], compilerOptions };
  writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify(config));
}

/** @returns their paths from the root of the project */
async function filesWithErrors(): Promise<ReadonlySet<string>> {
  const run = promisify(execFile)(process.execPath, [tsc, '-p', copy, '--pretty', 'false'], { cwd: copy });
  const output = await run.then(
    () => '',
    (error: { readonly stdout: string }) => error.stdout,
  );
  return new Set(output.split('\n').flatMap((line) => /^(\S+)\(\d+,\d+\): error/.exec(line)?.[1] ?? []));
}

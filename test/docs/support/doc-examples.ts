import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../local/project-root.ts';

/** Where a package's user imports from, in this repository. */
const entries: Readonly<Record<string, string>> = {
  'hookline/handlers': 'lambdas/domain/handler.ts',
  'hookline/testing': 'entry/testing.ts',
  'hookline/verify': 'entry/verify.ts',
};

/**
 * Writes the examples of a page into a directory: the `ts` blocks whose first line is a comment with a file name.
 *
 * @returns the names of the files
 */
export function writeExamples(page: string, directory: string): readonly string[] {
  const text = readFileSync(join(projectRoot, 'docs', page), 'utf8');
  const blocks = [...text.matchAll(/^```ts\n\/\/ (\S+\.ts)\n([\s\S]*?)^```$/gm)];
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({
      extends: join(projectRoot, 'tsconfig.json'),
      compilerOptions: { incremental: false, tsBuildInfoFile: null },
      // The second has a declaration that the functions' code shares.
      include: [join(directory, '*.ts'), join(projectRoot, 'lambdas/domain/exact-json.ts')],
    }),
  );
  for (const [, name = '', code = ''] of blocks)
    writeFileSync(
      join(directory, name),
      code.replace(/'(hookline\/\w+)'/g, (_, entry) => `'${at(entry)}'`),
    );
  return blocks.map(([, name = '']) => name);
}

function at(entry: string): string {
  const file = entries[entry];
  if (file === undefined) throw new Error(`the examples import ${entry}, which is no entry point`);
  return join(projectRoot, file);
}

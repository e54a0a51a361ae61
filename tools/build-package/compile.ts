import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const require = createRequire(import.meta.url);
const { bin }: { readonly bin: { readonly tsc: string } } = require('typescript/package.json');
const tsc = join(require.resolve('typescript/package.json'), '..', bin.tsc);

/** The folders of a build. */
export interface BuildFolders {
  /** The repository. */
  readonly root: string;
  /** For what the compiler needs; it is removed. */
  readonly scratch: string;
  /** The package. */
  readonly out: string;
}

/** The source files that are compiled, with all that they import. Paths from the repository. */
export interface Roots {
  /** What a program imports: these get types, too. */
  readonly entries: readonly string[];
  /** What only runs: the command, and scripts that are started as processes. */
  readonly scripts: readonly string[];
}

/**
 * Compiles the package's sources to ESM and their types, in the folders that they have in the repository.
 *
 * @throws Error with the compiler's text
 */
export function compile(folders: BuildFolders, { entries, scripts }: Roots): void {
  const problems = runCompiler(folders, [...entries, ...scripts], { removeComments: true });
  if (problems !== undefined) throw new Error(`the package does not compile:\n${problems}`);
  const withoutTypes = runCompiler(folders, entries, { declaration: true, emitDeclarationOnly: true });
  // The types name the files that are there: not every tool finds `x.d.ts` for `x.ts`.
  for (const file of globSync('**/*.d.ts', { cwd: folders.out })) withJsImports(join(folders.out, file));
  keepTypesOf(folders, entries, withoutTypes);
}

/**
 * Removes the types that no entry point shows. The compiler cannot write those of every file behind an entry point, and does not
 * have to.
 *
 * @param withoutTypes the compiler's text about those that it cannot write
 */
function keepTypesOf({ out }: BuildFolders, entries: readonly string[], withoutTypes = ''): void {
  const shown = new Set(entries.map((entry) => entry.replace(/\.ts$/, '.d.ts')));
  for (const file of shown) {
    if (!existsSync(join(out, file)))
      throw new Error(`the package shows types that the compiler does not write, of ${file}:\n${withoutTypes}`);
    for (const [, path = ''] of readFileSync(join(out, file), 'utf8').matchAll(importedJs))
      shown.add(join(dirname(file), `${path}.d.ts`));
  }
  for (const file of globSync('**/*.d.ts', { cwd: out })) if (!shown.has(file)) rmSync(join(out, file));
}

/** @returns the compiler's text when it has something to say */
function runCompiler(
  { root, scratch, out }: BuildFolders,
  files: readonly string[],
  options: Readonly<Record<string, boolean>>,
): string | undefined {
  const compiled = join(scratch, 'compiled');
  const config = join(scratch, 'tsconfig.json');
  const compilerOptions = {
    // `npm run check` does, with all files at once.
    noCheck: true,
    noEmit: false,
    incremental: false,
    tsBuildInfoFile: null,
    allowImportingTsExtensions: false,
    rewriteRelativeImportExtensions: true,
    rootDir: root,
    outDir: compiled,
    ...options,
  };
  const settings = {
    extends: relativePath(scratch, join(root, 'tsconfig.json')),
    compilerOptions,
    include: [],
  };
  writeFileSync(config, JSON.stringify({ ...settings, files: files.map((file) => join(root, file)) }));
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '--project', config], {
    encoding: 'utf8',
  });
  // `package.json`, which settings import for the version, is written by `manifest.ts`.
  rmSync(join(compiled, 'package.json'), { force: true });
  cpSync(compiled, out, { recursive: true });
  rmSync(compiled, { recursive: true });
  return status === 0 ? undefined : `${stdout}${stderr}`;
}

const relativePath = (from: string, to: string): string => `./${relative(from, to)}`;

const importedJs = /(?:from |import\()['"](\.{1,2}\/[^'"]+)\.js['"]/g;
const relativeTs = /((?:from |import\(|import )['"]\.{1,2}\/[^'"]+)\.ts(['"])/g;

function withJsImports(file: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(relativeTs, '$1.js$2'));
}

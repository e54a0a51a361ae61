import { spawnSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';

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
  runCompiler(folders, [...entries, ...scripts], { removeComments: true });
  runCompiler(folders, entries, { declaration: true, emitDeclarationOnly: true });
  // The types name the files that are there: not every tool finds `x.d.ts` for `x.ts`.
  for (const file of globSync('**/*.d.ts', { cwd: folders.out })) withJsImports(join(folders.out, file));
}

function runCompiler(
  { root, scratch, out }: BuildFolders,
  files: readonly string[],
  options: Readonly<Record<string, boolean>>,
): void {
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
  if (status !== 0) throw new Error(`the package does not compile:\n${stdout}${stderr}`);
  // `package.json`, which settings import for the version, is written by `manifest.ts`.
  rmSync(join(compiled, 'package.json'), { force: true });
  cpSync(compiled, out, { recursive: true });
  rmSync(compiled, { recursive: true });
}

const relativePath = (from: string, to: string): string => `./${relative(from, to)}`;

const relativeTs = /((?:from |import\(|import )['"]\.{1,2}\/[^'"]+)\.ts(['"])/g;

function withJsImports(file: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(relativeTs, '$1.js$2'));
}

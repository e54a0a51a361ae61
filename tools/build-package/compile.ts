import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  const failure = runCompiler(folders, [...entries, ...scripts], { removeComments: true });
  if (failure !== undefined) throw new Error(`the package does not compile:\n${failure}`);
  const inTypes = runCompiler(folders, entries, { declaration: true, emitDeclarationOnly: true });
  keepShownTypes(folders.out, entries, inTypes);
}

/**
 * Keeps the types that an entry point shows, and what they import. Of other files some types cannot be written, and are not
 * missed.
 *
 * @param failure what the compiler says of those
 * @throws Error when a type that is shown is missing
 */
function keepShownTypes(out: string, entries: readonly string[], failure: string | undefined): void {
  const shown = new Set<string>();
  const visit = (file: string): void => {
    if (shown.has(file)) return;
    shown.add(file);
    if (!existsSync(file)) throw new Error(`${relative(out, file)} is missing: ${failure}`);
    const text = readFileSync(file, 'utf8');
    // The types name the files that are there: not every tool finds `x.d.ts` for `x.ts`.
    writeFileSync(file, text.replaceAll(relativeTs, '$1.js$3'));
    for (const [, , imported = ''] of text.matchAll(relativeTs)) visit(join(file, '..', `${imported}.d.ts`));
  };
  for (const entry of entries) visit(join(out, entry.replace(/\.ts$/, '.d.ts')));
  for (const file of globSync('**/*.d.ts', { cwd: out })) {
    if (!shown.has(join(out, file))) rmSync(join(out, file));
  }
}

const relativeTs = /((?:from |import\(|import )['"](\.{1,2}\/[^'"]+))\.ts(['"])/g;

/** @returns what the compiler says, if it is not content */
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

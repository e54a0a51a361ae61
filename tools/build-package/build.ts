import {
  chmodSync,
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { compile } from './compile.ts';
import { buildFunctions } from './functions.ts';
import { packageManifest, repositoryManifest, withOptionalTypes } from './manifest.ts';

const root = resolve(import.meta.dirname, '../..');

/** What the local AWS needs beside the code. */
const localFiles = ['requirements.txt', 'run-emulator.py', 'make-certificate.py'];
/** Started as processes, so nothing imports them. */
const scripts = ['lib/parts/bundle-functions.ts'];

/**
 * Builds the package, ready for `npm pack`. It is the same, byte for byte, each time.
 *
 * @param out the folder; what it has is replaced
 * @throws Error when the sources do not compile
 */
export function buildPackage(out: string): void {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const scratch = mkdtempSync(join(root, 'node_modules/.cache/build-'));
  try {
    const repository = repositoryManifest(root);
    const [entries, commands] = [Object.values(repository.exports), Object.values(repository.bin)];
    compile({ root, scratch, out }, { entries, scripts: [...commands, ...scripts] });
    for (const file of globSync('**/*.d.ts', { cwd: out })) {
      writeFileSync(join(out, file), withOptionalTypes(readFileSync(join(out, file), 'utf8')));
    }
    for (const command of commands) chmodSync(join(out, command.replace(/\.ts$/, '.js')), 0o755);
    buildFunctions(join(out, 'functions'));
    writeFileSync(
      join(out, 'package.json'),
      `${JSON.stringify(packageManifest(repository, out), undefined, 2)}\n`,
    );
    copyFileSync(join(root, 'entry/README.md'), join(out, 'README.md'));
    for (const file of localFiles) copyFileSync(join(root, 'local', file), join(out, 'local', file));
    for (const file of ['LICENSE', 'CHANGELOG.md']) copyFileSync(join(root, file), join(out, file));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

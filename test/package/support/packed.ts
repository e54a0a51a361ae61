import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildPackage } from '../../../tools/build-package/build.ts';

export const root = resolve(import.meta.dirname, '../../..');

/** The package as `npm pack` makes it. */
export interface Packed {
  /** The folder that was packed. */
  readonly folder: string;
  readonly tarball: string;
  remove(): void;
}

/** Builds and packs the package into a folder of its own. */
export function pack(): Packed {
  mkdirSync(join(root, 'dist'), { recursive: true });
  const directory = mkdtempSync(join(root, 'dist/test-'));
  const folder = join(directory, 'package');
  buildPackage(folder);
  const args = ['pack', folder, '--silent', '--pack-destination', directory];
  const tarball = execFileSync('npm', args, { encoding: 'utf8' }).trim().split('\n').at(-1) ?? '';
  return {
    folder,
    tarball: join(directory, tarball),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

import { join, resolve } from 'node:path';
import type { Plugin } from 'vitest/config';
import { mutantNamed } from './all.ts';
import { mutate } from './source-mutant.ts';

const root = resolve(import.meta.dirname, '../..');

/** Plays one mutant in the tests: `MUTANT='finish does not compare the owner' npx vitest run …`. None without a name. */
export function mutantPlugins(name: string | undefined): Plugin[] {
  if (name === undefined || name === '') return [];
  const mutant = mutantNamed(name);
  const file = join(root, mutant.file);
  return [
    {
      name: 'source-mutant',
      enforce: 'pre',
      transform: (source, id) => (id.split('?', 1)[0] === file ? mutate(source, mutant) : undefined),
    },
  ];
}

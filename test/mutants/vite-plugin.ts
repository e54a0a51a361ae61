import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vitest/config';
import { mutate, type SourceMutant } from './source-mutant.ts';

const root = resolve(import.meta.dirname, '../..');
const lists = pathToFileURL(join(root, 'test/mutants/all.ts')).href;
const named = (): string => process.env['MUTANT'] ?? '';

/**
 * Plays one mutant in the tests: `MUTANT='a claim does not raise the fencing token' npx vitest run …`. Does nothing without
 * a name. `npm run mutants` changes the name between two runs of one Vitest.
 *
 * @throws when no mutant has the name
 */
export async function mutantPlugin(): Promise<Plugin | undefined> {
  if (named() === '') return undefined;
  // Not a static import: a change of the lists would empty the cache of every other run of Vitest.
  const { mutantNamed }: typeof import('./all.ts') = await import(lists);
  mutantNamed(named());
  const mutantOf = (id: string): SourceMutant | undefined => {
    const mutant = named() === '' ? undefined : mutantNamed(named());
    return mutant && id.split('?', 1)[0] === join(root, mutant.file) ? mutant : undefined;
  };
  return {
    name: 'source-mutant',
    enforce: 'pre',
    // All other files are the same with and without a mutant.
    api: { vitest: { ignoreFsModuleCache: true } },
    configureVitest: ({ defineCacheKeyGenerator }) =>
      defineCacheKeyGenerator(({ id }) => (mutantOf(id) === undefined ? undefined : false)),
    transform(source, id) {
      const mutant = mutantOf(id);
      return mutant && mutate(source, mutant);
    },
  };
}

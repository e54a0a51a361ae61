import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mutate } from './source-mutant.ts';

/**
 * Plays the source mutant that the environment variable `MUTANT` names, in a process that loads this file first:
 * `MUTANT='…' node --import ./test/mutants/preload.ts test/simulation/main.ts`
 *
 * @throws when there is no such mutant, or its text is not in its file
 */
const { mutantNamed } = await import('./all.ts');
const mutant = mutantNamed(process.env['MUTANT'] ?? '');
const url = pathToFileURL(resolve(import.meta.dirname, '../..', mutant.file)).href;

registerHooks({
  load(loaded, context, next) {
    const module = next(loaded, context);
    if (loaded !== url) return module;
    const source =
      typeof module.source === 'string' ? module.source : Buffer.from(Object(module.source)).toString();
    return { ...module, source: mutate(source, mutant) };
  },
});

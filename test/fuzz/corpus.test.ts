import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corpus } from '../support/hostile/corpus.ts';
import { mutants, mutated } from '../support/hostile/fragments.ts';
import { expectWell, faultsOf } from '../support/hostile/wall.ts';
import { walls } from './walls/walls.ts';

/** CPU time is what counts: a busy machine may take long. */
const wallMillis = 300_000;

describe.each(walls.map((wall) => [wall.name, wall] as const))('%s', (_name, wall) => {
  it('a wall takes its own valid inputs', { timeout: wallMillis }, async () => {
    for (const valid of wall.valid) expect(await faultsOf(wall, JSON.stringify(valid))).toEqual([]);
  });

  it('a wall takes or refuses every entry of the corpus', { timeout: wallMillis }, async () => {
    await expectWell(
      wall,
      corpus.map(({ name, bytes }) => [name, bytes.toString('utf8'), bytes] as const),
    );
  });

  it('a wall takes or refuses every variant of its valid inputs', { timeout: wallMillis }, async () => {
    for (const valid of wall.valid) await expectWell(wall, mutants(valid));
  });

  it('a wall takes or refuses random variants of its valid inputs', { timeout: wallMillis }, async () => {
    for (const valid of wall.valid) {
      await fc.assert(
        fc.asyncProperty(mutated(valid), async (text) => {
          expect(await faultsOf(wall, text)).toEqual([]);
        }),
        { numRuns: 100 },
      );
    }
  });
});

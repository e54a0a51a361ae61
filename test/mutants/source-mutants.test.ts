import { existsSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { mutantNamed, sourceMutants } from './all.ts';
import { promises } from './promises.ts';
import { mutate, type SourceMutant } from './source-mutant.ts';
import { mutantPlugin } from './vite-plugin.ts';

const root = resolve(import.meta.dirname, '../..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const sources = new Map(sourceMutants.map(({ file }) => [file, textOf(file)]));

/** @returns what is wrong with a mutant, or undefined */
function faultIn(mutant: SourceMutant): string | undefined {
  try {
    if (mutant.from === mutant.to) return 'changes nothing';
    stripTypeScriptTypes(mutate(sources.get(mutant.file) ?? '', mutant), { mode: 'transform' });
    return existsSync(join(root, mutant.caughtBy)) ? undefined : `there is no ${mutant.caughtBy}`;
  } catch (error) {
    return String(error);
  }
}

describe('the mutants', () => {
  it('the mutants are at least 150, each with a name of its own', () => {
    expect(sourceMutants.length).toBeGreaterThanOrEqual(150);
    expect(new Set(sourceMutants.map(({ name }) => name)).size).toBe(sourceMutants.length);
  });

  it('the mutants change the code that there is, at one place, into code that can be parsed', () => {
    const faults = sourceMutants.flatMap((mutant) => {
      const fault = faultIn(mutant);
      return fault === undefined ? [] : [`${mutant.name}: ${fault}`];
    });

    expect(faults).toEqual([]);
  });

  it('each mutant breaks a promise that the documentation makes', () => {
    const pages = ['architecture', 'security', 'endpoints', 'management-api'];
    const text = pages.map((page) => textOf(`docs/${page}.md`)).join('\n');
    const known: readonly string[] = Object.values(promises);

    expect(known.filter((promise) => !text.includes(promise))).toEqual([]);
    expect(sourceMutants.filter(({ breaks }) => !known.includes(breaks))).toEqual([]);
  });

  it('no two mutants are the same mistake', () => {
    const mistakes = sourceMutants.map(({ file, from, to }) =>
      JSON.stringify([
        file,
        mutate(sources.get(file) ?? '', { name: '', file, from, to, breaks: '', caughtBy: '' }),
      ]),
    );

    expect(new Set(mistakes).size).toBe(mistakes.length);
  });
});

describe('MUTANT', () => {
  it('MUTANT without a name changes nothing', async () => {
    vi.stubEnv('MUTANT', '');
    onTestFinished(() => void vi.unstubAllEnvs());

    expect(await mutantPlugin()).toBeUndefined();
  });

  it('MUTANT that names no mutant is an error, and so is one whose text is not in its file', () => {
    expect(() => mutantNamed('nothing')).toThrow("MUTANT is 'nothing', and no mutant has that name");
    const mutant = mutantNamed(sourceMutants[0]?.name ?? '');
    expect(() => mutate('', mutant)).toThrow('finds it 0 times');
    expect(() => mutate(`${mutant.from}\n${mutant.from}`, mutant)).toThrow('finds it 2 times');
  });
});

import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { inParallel } from '../../bench/in-parallel.ts';
import { sourceMutants } from './all.ts';
import { type Played, play, type Run, runTests } from './play.ts';
import type { SourceMutant } from './source-mutant.ts';

/**
 * `npm run mutants -- [--only TEXT] [--file PATH]`: plays each mutant in the test that has to notice it. A mutant is caught
 * when a test fails that passes without it; a test file that does not load catches nothing.
 */
const atOnce = 2;
const resultText = {
  failed: 'caught',
  passed: 'not caught',
  'not loaded': 'not loaded',
  hung: 'hung',
} satisfies Record<Run, string>;
const usage = "usage: npm run mutants -- [--only 'part of a name'] [--file lambdas/domain/limiter.ts]";

const chosen = choose();
const startedAt = performance.now();
const bar = new SingleBar({ format: '{bar} {value}/{total} {duration_formatted}', clearOnComplete: true });
await passWithoutMutant([...new Set(chosen.map(({ caughtBy }) => caughtBy))]);
bar.start(chosen.length, 0);
const played = await inParallel(atOnce, chosen, async (mutant) => {
  const result = await play(mutant);
  bar.increment();
  if (result.run !== 'failed') process.exitCode = 1;
  return { mutant, result };
});
bar.stop();
print(played);

function choose(): readonly SourceMutant[] {
  const { only = '', file } = options();
  const found = sourceMutants
    .filter(({ name }) => name.includes(only))
    .filter((mutant) => file === undefined || mutant.file === file);
  if (found.length === 0) fail(`no mutant has '${only}' in its name${file ? ` and is in ${file}` : ''}`);
  return found;
}

function options() {
  try {
    return parseArgs({ options: { only: { type: 'string' }, file: { type: 'string' } } }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function fail(text: string): never {
  console.error(`${text}\n${usage}`);
  process.exit(2);
}

/** A test that fails anyway would seem to catch every mutant. */
async function passWithoutMutant(files: readonly string[]): Promise<void> {
  console.log(`${files.length} test files without a mutant …`);
  const { run, detail } = await runTests(files);
  if (run !== 'passed') fail(`the tests have to pass without a mutant first; ${run}: ${detail}`);
}

function print(all: readonly { readonly mutant: SourceMutant; readonly result: Played }[]): void {
  const table = new Table({ head: ['mutant', 'test', 'result', 'detail'], wordWrap: true });
  for (const { mutant, result } of all.filter((one) => one.result.run !== 'failed'))
    table.push([mutant.name, mutant.caughtBy, resultText[result.run], result.detail]);
  if (table.length > 0) console.log(table.toString());
  const count = (run: Run) => all.filter(({ result }) => result.run === run).length;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(
    `${all.length} mutants: ${count('failed')} caught, ${count('passed')} not caught, ${count('not loaded')} not loaded, ${count('hung')} hung; ${seconds} s`,
  );
}

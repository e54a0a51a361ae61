import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { argumentsOrExit } from '../../tools/read-options.ts';
import { sourceMutants } from './all.ts';
import { type MutantsArguments, readMutantsArguments } from './arguments.ts';
import { type Result, startPlayer } from './play.ts';
import type { SourceMutant } from './source-mutant.ts';

/** `npm run mutants -- --help` says what it does. A test file that does not load catches nothing. */
const atOnce = 2;
const resultText = {
  failed: 'caught',
  passed: 'not caught',
  'not loaded': 'not loaded',
  hung: 'hung',
} satisfies Record<Result['run'], string>;

const chosen = choose(argumentsOrExit(readMutantsArguments));
const startedAt = performance.now();
const players = Array.from({ length: atOnce }, startPlayer);
try {
  await passWithoutMutant([...new Set(chosen.map(({ caughtBy }) => caughtBy))]);
  const played = await playAll();
  print(played);
  if (played.some(({ result }) => result.run !== 'failed')) process.exitCode = 1;
} finally {
  for (const player of players) player.stop();
}

interface PlayedMutant {
  readonly mutant: SourceMutant;
  readonly result: Result;
}

/** Gives each player the next item when it is done with the one before. */
async function takeAll<Item>(
  items: readonly Item[],
  work: (item: Item, player: ReturnType<typeof startPlayer>) => Promise<void>,
): Promise<void> {
  const bar = new SingleBar({ format: '{bar} {value}/{total} {duration_formatted}', clearOnComplete: true });
  bar.start(items.length, 0);
  const queue = items.values();
  await Promise.all(
    players.map(async (player) => {
      for (const item of queue) {
        await work(item, player);
        bar.increment();
      }
    }),
  );
  bar.stop();
}

async function playAll(): Promise<readonly PlayedMutant[]> {
  const played: PlayedMutant[] = [];
  await takeAll(chosen, async (mutant, { play }) => {
    const { name, file, caughtBy } = mutant;
    played.push({ mutant, result: await play({ files: [caughtBy], mutant: { name, file } }) });
  });
  return played;
}

function choose({ only = '', file }: MutantsArguments): readonly SourceMutant[] {
  const found = sourceMutants
    .filter(({ name }) => name.includes(only))
    .filter((mutant) => file === undefined || mutant.file === file);
  if (found.length > 0) return found;
  console.error(`no mutant has '${only}' in its name${file ? ` and is in ${file}` : ''}`);
  return process.exit(2);
}

/** A test that fails anyway would seem to catch every mutant. */
async function passWithoutMutant(files: readonly string[]): Promise<void> {
  console.log(`${files.length} test files without a mutant …`);
  await takeAll(files, async (file, { play }) => {
    const { run, detail } = await play({ files: [file] });
    if (run !== 'passed') throw new Error(`${file} has to pass without a mutant first; ${run}: ${detail}`);
  });
}

function print(all: readonly PlayedMutant[]): void {
  const table = new Table({ head: ['mutant', 'test', 'result', 'detail'] });
  for (const { mutant, result } of all.filter((one) => one.result.run !== 'failed'))
    table.push([mutant.name, mutant.caughtBy, resultText[result.run], result.detail]);
  if (table.length > 0) console.log(table.toString());
  const count = (run: Result['run']) => all.filter(({ result }) => result.run === run).length;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(
    `${all.length} mutants: ${count('failed')} caught, ${count('passed')} not caught, ${count('not loaded')} not loaded, ${count('hung')} hung; ${seconds} s`,
  );
}

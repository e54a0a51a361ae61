import { clearLine, cursorTo } from 'node:readline';
import { SingleBar } from 'cli-progress';
import { inParallel } from '../../bench/in-parallel.ts';
import { sourceMutants } from '../mutants/all.ts';
import type { Arguments } from './arguments.ts';
import { crashMutants } from './crash-mutants.ts';
import type { Flow } from './play.ts';
import { type FoundInChild, searchInChild } from './search-in-child.ts';

const atOnce = 2;

/** A mutant, and the flow that runs its code; undefined: both do. */
interface Candidate {
  readonly name: string;
  readonly breaks: string;
  readonly flow?: Flow;
}

/** Plays each mutant until a promise is broken, and prints at once how long that took. @returns whether all were noticed */
export async function playMutants({ runs, seed, flow: only }: Arguments, text: string): Promise<boolean> {
  const chosen = candidates().filter(
    ({ name, flow }) => name.includes(text) && (flow === undefined || only === undefined || flow === only),
  );
  if (chosen.length === 0) throw new Error(`no mutant that the simulation plays has '${text}' in its name`);
  const bar = new SingleBar({
    format: '{bar} {value}/{total} mutants, {missed} not noticed, {duration_formatted}',
    clearOnComplete: true,
  });
  const missed: string[] = [];
  bar.start(chosen.length, 0, { missed: 0 });
  await inParallel(atOnce, chosen, async (mutant) => {
    const found = await searchInChild(mutant.name, { runs, seed, flow: mutant.flow ?? only });
    if (found.violation === undefined) missed.push(mutant.name);
    printAboveBar(resultText(mutant, found));
    bar.increment({ missed: missed.length });
  });
  bar.stop();
  console.log(`${chosen.length - missed.length} of ${chosen.length} mutants were noticed`);
  if (missed.length > 0) console.log(['Not noticed:', ...missed].join('\n  '));
  return missed.length === 0;
}

/** The runs that it took, the mutant, and the promise that was broken first. */
const resultText = ({ name, breaks }: Candidate, { runs, violation }: FoundInChild): string =>
  [
    `${violation === undefined ? 'none' : runs}`.padStart(5),
    name.padEnd(60),
    violation?.split('\n')[0] ?? `not noticed in ${runs} runs: ${breaks}`,
  ].join('  ');

/** Prints a line in place of the bar, which draws itself again below. */
function printAboveBar(line: string): void {
  if (process.stderr.isTTY) {
    cursorTo(process.stderr, 0);
    clearLine(process.stderr, 0);
  }
  console.log(line);
}

/** The source mutants that the simulation can notice, and those of the crash suites. */
const candidates = (): Candidate[] => [
  ...[...crashMutants].map(([name, { flow }]) => ({ name, flow, breaks: `a promise of the ${flow} flow` })),
  ...sourceMutants
    .filter(({ outsideSimulation }) => outsideSimulation === undefined)
    .map(({ name, breaks, file }) => ({ name, breaks, flow: flowOfFile(file) })),
];

/** Both flows run their batches and check stored bodies with one file. */
function flowOfFile(file: string): Flow | undefined {
  if (/^lambdas\/domain\/(batch|stored-body)\.ts$/.test(file)) return undefined;
  return /^lambdas\/(adapters\/dynamodb\/)?inbound|\/idempotency\.ts$/.test(file) ? 'inbound' : 'outbound';
}

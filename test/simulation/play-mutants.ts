import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
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

/** Plays each mutant until a promise is broken, and prints how long that took. @returns whether all were noticed */
export async function playMutants({ runs, seed, flow: only }: Arguments, text: string): Promise<boolean> {
  const chosen = candidates().filter(
    ({ name, flow }) => name.includes(text) && (flow === undefined || only === undefined || flow === only),
  );
  if (chosen.length === 0) throw new Error(`no mutant that the simulation plays has '${text}' in its name`);
  const bar = new SingleBar({
    format: '{bar} {value}/{total} mutants, {duration_formatted}',
    clearOnComplete: true,
  });
  bar.start(chosen.length, 0);
  const all = await inParallel(atOnce, chosen, async (mutant) => {
    const found = await searchInChild(mutant.name, { runs, seed, flow: mutant.flow ?? only });
    bar.increment();
    return { mutant, found };
  });
  bar.stop();
  console.log(tableOf(all));
  const missed = all.filter(({ found }) => found.violation === undefined).map(({ mutant }) => mutant.name);
  console.log(`${all.length - missed.length} of ${all.length} mutants were noticed`);
  if (missed.length > 0) console.log(['Not noticed:', ...missed].join('\n  '));
  return missed.length === 0;
}

function tableOf(all: readonly { readonly mutant: Candidate; readonly found: FoundInChild }[]): string {
  const table = new Table({
    head: ['mutant', 'runs', 'what it broke'],
    colWidths: [60, 8, 70],
    wordWrap: true,
  });
  for (const { mutant, found } of all)
    table.push([
      mutant.name,
      found.violation === undefined ? 'none' : found.runs,
      found.violation ?? `not noticed in ${found.runs} runs: ${mutant.breaks}`,
    ]);
  return table.toString();
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

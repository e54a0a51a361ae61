import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { inParallel } from '../../bench/in-parallel.ts';
import { mistakes } from '../crash/inbound/mutants.ts';
import * as outboundMutants from '../crash/outbound/mutants.ts';
import { sourceMutants } from '../mutants/all.ts';
import type { SourceMutant } from '../mutants/source-mutant.ts';
import type { Arguments } from './arguments.ts';
import type { Flow } from './play.ts';
import { search } from './search.ts';
import { type FoundInChild, searchInChild } from './search-in-child.ts';

const atOnce = 2;

/** A mutant, and how it is played. */
interface Candidate {
  readonly name: string;
  readonly breaks: string;
  search(asked: Pick<Arguments, 'runs' | 'seed' | 'flow'>): Promise<FoundInChild>;
}

/** Plays each mutant until a promise is broken, and prints how long that took. @returns whether all were noticed */
export async function playMutants(asked: Arguments, text: string): Promise<boolean> {
  const chosen = candidates().filter(({ name }) => name.includes(text));
  if (chosen.length === 0) throw new Error(`no mutant that the simulation plays has '${text}' in its name`);
  const bar = new SingleBar({
    format: '{bar} {value}/{total} mutants, {duration_formatted}',
    clearOnComplete: true,
  });
  bar.start(chosen.length, 0);
  const all = await inParallel(atOnce, chosen, async (mutant) => {
    const found = await mutant.search(asked);
    bar.increment();
    return { mutant, found };
  });
  bar.stop();
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
  console.log(table.toString());
  const missed = all.filter(({ found }) => found.violation === undefined).length;
  console.log(`${all.length} mutants: ${all.length - missed} noticed, ${missed} not noticed`);
  return missed === 0;
}

/** The source mutants, and those of the crash suites. */
function candidates(): Candidate[] {
  return [
    ...sourceMutants.filter(({ outsideSimulation }) => outsideSimulation === undefined).map(ofSource),
    ...Object.entries(mistakes).map(([name, variant]) => ({
      name: `inbound crash suite: ${name}`,
      breaks: 'a promise of the inbound flow',
      search: (asked: Pick<Arguments, 'runs' | 'seed'>) =>
        inProcess({ ...asked, flow: 'inbound' }, { inbound: { variant } }),
    })),
    ...Object.entries(outboundMutants).map(([name, mutant]) => ({
      name: `outbound crash suite: ${name}`,
      breaks: 'a promise of the outbound flow',
      search: (asked: Pick<Arguments, 'runs' | 'seed'>) =>
        inProcess({ ...asked, flow: 'outbound' }, { outbound: { mutant } }),
    })),
  ];
}

const ofSource = (mutant: SourceMutant): Candidate => ({
  name: mutant.name,
  breaks: mutant.breaks,
  search: ({ runs, seed, flow = flowOfFile(mutant.file) }) =>
    searchInChild(mutant.name, { runs, seed, flow }),
});

/** The flow that loads a file; undefined: both may. */
function flowOfFile(file: string): Flow | undefined {
  if (/^lambdas\/(adapters\/dynamodb\/)?inbound/.test(file)) return 'inbound';
  return /^lambdas\/(outbound|management|adapters\/dynamodb)\//.test(file) ? 'outbound' : undefined;
}

async function inProcess(
  { runs, seed, flow }: Pick<Arguments, 'runs' | 'seed' | 'flow'>,
  options: Parameters<typeof search>[0]['options'],
): Promise<FoundInChild> {
  const found = await search({ runs, firstSeed: seed, flow, options });
  return { runs: found.runs, violation: found.failure?.run.violations[0] };
}

import type { Choices } from './draws.ts';
import { type Flow, flowOf, type PlayOptions, play, type Run } from './play.ts';
import { shrink } from './shrink.ts';

/** What to play. */
export interface Search {
  readonly runs: number;
  readonly firstSeed: number;
  /** One flow only; without it, the seed decides. */
  readonly flow?: Flow;
  readonly options?: PlayOptions;
}

/** A run that broke a promise. */
export interface Failure {
  readonly seed: number;
  readonly flow: Flow;
  readonly run: Run;
}

/** The result of a search. */
export interface Found {
  readonly runs: number;
  /** Port calls of all runs. */
  readonly calls: number;
  readonly failure?: Failure;
}

/** Plays one seed after the other, until a promise is broken. */
export async function search(
  { runs, firstSeed, flow, options = {} }: Search,
  played: () => void = () => undefined,
): Promise<Found> {
  let calls = 0;
  for (let nth = 0; nth < runs; nth++) {
    const seed = firstSeed + nth;
    const chosen = flow ?? flowOf(seed);
    const run = await play(chosen, seed, options);
    calls += run.calls;
    played();
    if (run.violations.length > 0) return { runs: nth + 1, calls, failure: { seed, flow: chosen, run } };
  }
  return { runs, calls };
}

/** The plainest run that breaks the same promise, with its story. */
export async function shortest({ flow, run }: Failure, options: PlayOptions = {}): Promise<Run> {
  const [wanted = ''] = run.violations;
  const breaksIt = async (choices: Choices): Promise<boolean> =>
    (await play(flow, choices, options)).violations.includes(wanted);
  const choices = await shrink(run.choices, breaksIt);
  return play(flow, choices, {
    inbound: { ...options.inbound, isTraced: true },
    outbound: { ...options.outbound, isTraced: true },
  });
}

import { parseArgs } from 'node:util';
import { type Flow, flows } from './play.ts';

/** What `npm run simulate` is asked to do. */
export interface Arguments {
  readonly runs: number;
  readonly seed: number;
  readonly flow?: Flow;
  /** Play mistakes instead of the code as it is: those whose names contain the text. */
  readonly mutants?: string;
}

const usage = 'npm run simulate -- [--runs 100000] [--seed 1] [--flow inbound|outbound] [--mutants [TEXT]]';

/** The default runs of the code as it is, and of each mutant. */
const defaultRuns = { code: 100_000, mutant: 400 };

/** @throws Error that says which argument is wrong and what is expected */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parsed(withText(args));
  const { mutants } = values;
  const runs = values.runs ?? String(mutants === undefined ? defaultRuns.code : defaultRuns.mutant);
  return {
    runs: whole('runs', runs, 1),
    seed: whole('seed', values.seed, 0),
    flow: flowIn(values.flow),
    mutants,
  };
}

/** `--mutants` without a text means all of them. */
const withText = (args: readonly string[]): string[] =>
  args.flatMap((arg, at) => {
    const next = args[at + 1];
    const isBare = arg === '--mutants' && (next === undefined || next.startsWith('--'));
    return isBare ? ['--mutants', ''] : [arg];
  });

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        runs: { type: 'string' },
        seed: { type: 'string', default: '1' },
        flow: { type: 'string' },
        mutants: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\nUsage: ${usage}`);
  }
}

function whole(name: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`--${name} is '${text}'; it has to be a whole number from ${least} on\nUsage: ${usage}`);
}

function flowIn(text: string | undefined): Flow | undefined {
  const flow = flows.find((each) => each === text);
  if (text === undefined || flow !== undefined) return flow;
  throw new Error(`--flow is '${text}'; it has to be one of ${flows.join(', ')}\nUsage: ${usage}`);
}

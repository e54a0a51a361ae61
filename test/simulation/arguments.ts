import { Command, Option } from 'commander';
import { readOptions, wholeFrom } from '../../tools/read-options.ts';
import { type Flow, flows } from './play.ts';

/** What `npm run simulate` is asked to do. */
export interface Arguments {
  readonly runs: number;
  readonly seed: number;
  readonly flow?: Flow;
  /** Play mistakes instead of the code as it is: those whose names contain the text. */
  readonly mutants?: string;
}

interface Asked {
  readonly runs?: number;
  readonly seed: number;
  readonly flow?: Flow;
  readonly mutants?: string | true;
}

/** The default runs of the code as it is, and of each mutant. */
const defaultRuns = { code: 100_000, mutant: 400 };

/**
 * Reads the arguments after `npm run simulate --`.
 *
 * @returns undefined when only help was requested, which is then printed
 * @throws ArgumentError naming the wrong argument
 */
export function readArguments(args: readonly string[]): Arguments | undefined {
  const asked = readOptions<Asked>(simulateCommand(), args);
  if (asked === undefined) return undefined;
  const mutants = asked.mutants === true ? '' : asked.mutants;
  const runs = asked.runs ?? (mutants === undefined ? defaultRuns.code : defaultRuns.mutant);
  return { runs, seed: asked.seed, flow: asked.flow, mutants };
}

const simulateCommand = (): Command =>
  new Command('npm run simulate --')
    .description(
      'Plays both flows in random orders with random faults, and checks every promise. A run that breaks one is shrunk and printed.',
    )
    .addOption(
      new Option(
        '--runs <count>',
        `runs to play (default: ${defaultRuns.code}, or ${defaultRuns.mutant} of each mutant)`,
      ).argParser(wholeFrom(1)),
    )
    .addOption(new Option('--seed <number>', 'the seed of the first run').argParser(wholeFrom(0)).default(1))
    .addOption(new Option('--flow <flow>', 'play only this flow').choices(flows))
    .option(
      '--mutants [text]',
      'play deliberate mistakes until each is noticed; only those with the text in their names',
    )
    .addHelpText(
      'after',
      `
Examples:
  npm run simulate -- --runs 2000 --seed 7
  npm run simulate -- --mutants --flow inbound
  npm run simulate -- --mutants 'a claim' --runs 1000

Ends with 1 when a promise is broken or a mutant is not noticed, with 2 when an argument is wrong.`,
    );

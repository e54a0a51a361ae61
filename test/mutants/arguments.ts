import { Command } from 'commander';
import { readOptions } from '../../tools/read-options.ts';

/** Which mutants `npm run mutants` plays. */
export interface MutantsArguments {
  /** A part of the names. */
  readonly only?: string;
  /** The file that they change, from the root of the repository. */
  readonly file?: string;
}

/**
 * Reads the arguments after `npm run mutants --`.
 *
 * @returns undefined when only help was requested, which is then printed
 * @throws ArgumentError naming the wrong argument
 */
export const readMutantsArguments = (args: readonly string[]): MutantsArguments | undefined =>
  readOptions<MutantsArguments>(mutantsCommand(), args);

const mutantsCommand = (): Command =>
  new Command('npm run mutants --')
    .description(
      'Plays each mutant in the test that has to notice it. A mutant is caught when a test fails that passes without it.',
    )
    .option('--only <text>', 'only mutants with the text in their names')
    .option('--file <path>', 'only mutants of this file, such as lambdas/domain/limiter.ts')
    .addHelpText(
      'after',
      `
To play one in any test:
  MUTANT='a claim does not raise the fencing token' npx vitest run --project rules test/outbound

Ends with 1 when a mutant is not caught, with 2 when an argument is wrong.`,
    );

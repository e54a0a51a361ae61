import { Command, Option } from 'commander';
import { readOptions, wholeFrom } from '../../tools/read-options.ts';

/** What `npm run soak` is asked to do. */
export interface SoakArguments {
  readonly minutes: number;
  readonly rate: number;
}

/**
 * Reads the arguments after `npm run soak --`.
 *
 * @returns undefined when only help was requested, which is then printed
 * @throws ArgumentError naming the wrong argument
 */
export const readSoakArguments = (args: readonly string[]): SoakArguments | undefined =>
  readOptions<SoakArguments>(soakCommand(), args);

const soakCommand = (): Command =>
  new Command('npm run soak --')
    .description(
      'Sends good, forged and poison events, and publishes to endpoints of all kinds, on the local AWS. It checks every promise at the end, and that memory and open files of the functions did not grow.',
    )
    .addOption(new Option('--minutes <count>', 'how long it sends').argParser(wholeFrom(1)).default(10))
    .addOption(
      new Option('--rate <count>', 'good events a second; forged ones are ten times as many')
        .argParser(wholeFrom(1))
        .default(2),
    )
    .addHelpText('after', '\nEnds with 1 when a promise is broken, with 2 when an argument is wrong.');

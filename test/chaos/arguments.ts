import { Command, InvalidArgumentError, Option } from 'commander';
import { readOptions, wholeFrom } from '../../tools/read-options.ts';

/** What `npm run chaos` is asked to do. */
export interface ChaosArguments {
  readonly seeds: number;
  readonly first: number;
  readonly events: number;
  /** Of the calls that fail, from 0 to 1; undefined: another one for each seed. */
  readonly share?: number;
}

/**
 * Reads the arguments after `npm run chaos --`.
 *
 * @returns undefined when only help was requested, which is then printed
 * @throws ArgumentError naming the wrong argument
 */
export const readChaosArguments = (args: readonly string[]): ChaosArguments | undefined =>
  readOptions<ChaosArguments>(chaosCommand(), args);

const chaosCommand = (): Command =>
  new Command('npm run chaos --')
    .description(
      'Runs both flows on the local AWS under faults, once for each seed, and checks every promise at the end of each run. A seed takes three to five minutes.',
    )
    .addOption(new Option('--seeds <count>', 'seeds to run').argParser(wholeFrom(1)).default(10))
    .addOption(new Option('--first <number>', 'the first seed').argParser(wholeFrom(1)).default(1))
    .addOption(
      new Option('--events <count>', 'events into each flow, for each seed')
        .argParser(wholeFrom(1))
        .default(300),
    )
    .addOption(
      new Option(
        '--share <share>',
        'the share of the AWS calls that go wrong (default: from 0.05 to 0.2, by seed)',
      ).argParser(fraction),
    )
    .addHelpText('after', '\nEnds with 1 when a promise is broken, with 2 when an argument is wrong.');

function fraction(text: string): number {
  const value = Number(text);
  if (/^[\d.]+$/.test(text) && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 1, such as 0.1.');
}

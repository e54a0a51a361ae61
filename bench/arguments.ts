import { Command, Option } from 'commander';
import { readOptions, wholeFrom } from '../tools/read-options.ts';
import { outpost } from './against/outpost.ts';
import { svix } from './against/svix.ts';

const parts = ['verification', 'calls', 'cold', 'cpu', 'flows'] as const;
export type Part = (typeof parts)[number];
/** Other products, by the name that one types. */
export const peers = new Map([outpost, svix].map((peer) => [peer.name.toLowerCase(), peer]));

/** What `npm run bench` is asked to measure. */
export interface BenchArguments extends Options {
  /** Events in, and events out. */
  readonly count: number;
  /** The parts, in the order of the table. */
  readonly parts: readonly Part[];
}

interface Options {
  readonly only?: Part;
  readonly strict: boolean;
  /** Seconds. */
  readonly slowEndpoint?: number;
  /** Events a second. */
  readonly rate?: number;
  /** Messages in an invocation. */
  readonly batch?: number;
  /** A directory: another version's cloud assembly. */
  readonly before?: string;
  /** A directory for CPU profiles. */
  readonly profile?: string;
  /** A key of `peers`. */
  readonly against?: string;
  /** The path of the other product's program. */
  readonly server?: string;
}

/**
 * Reads the arguments after `npm run bench --`.
 *
 * @returns undefined when only help was requested, which is then printed
 * @throws ArgumentError naming the wrong argument
 */
export function readBenchArguments(args: readonly string[]): BenchArguments | undefined {
  const command = benchCommand();
  const options = readOptions<Options>(command, args);
  if (options === undefined) return undefined;
  const [count] = command.processedArgs;
  const { only, against } = options;
  return {
    ...options,
    count: Number(count),
    parts: against !== undefined ? ['cpu'] : only !== undefined ? [only] : parts,
  };
}

const number = (flags: string, text: string): Option => new Option(flags, text).argParser(wholeFrom(1));

const benchCommand = (): Command =>
  new Command('npm run bench --')
    .description(
      "Measures the verification of a request, calls of AWS, cold starts, the functions' processor time alone, and events through the local AWS, and prints one table.",
    )
    .argument('[events]', 'events in, and events out', wholeFrom(1), 500)
    .addOption(new Option('--only <part>', 'only one part').choices(parts))
    .option('--strict', 'enforce IAM, resource policies and TLS in the local AWS, as AWS does', false)
    .addOption(
      number(
        '--slow-endpoint <seconds>',
        'compare twenty endpoints alone and beside one that hangs, each for this time',
      ),
    )
    .addOption(
      number(
        '--rate <count>',
        'processor time: add a run of each flow at so many events a second (default: 50 in a run of all parts)',
      ),
    )
    .addOption(number('--batch <count>', 'processor time: messages in an invocation'))
    .option('--before <directory>', "processor time: take turns with another version's cloud assembly")
    .option('--profile <directory>', 'processor time: keep CPU profiles there')
    .addOption(
      new Option(
        '--against <product>',
        "the same events through another product's server, whose stores have to be there",
      ).choices([...peers.keys()]),
    )
    .option('--server <path>', 'the program of that server; without it, the one on the PATH')
    .addHelpText(
      'after',
      `
Compare only runs on the same machine: events per second and latencies depend on the emulator as much as on
Hookline. Processor time depends less on what else runs.

Ends with 1 when anything is lost or done twice, with 2 when an argument is wrong.`,
    );

import { Command, Option } from 'commander';
import { readOptions } from '../tools/read-options.ts';
import { type CountOrShare, count, countOrShare, share, shareUpTo, sizeUpTo, whole } from './quantities.ts';
import { mostBytes, mostSources, problemWith, usual, type Workload } from './workload.ts';

/** An error in the command line, with a text for its user. */
export class CostArgumentError extends Error {
  override name = 'CostArgumentError' as const;
}

export interface CostArguments {
  readonly work: Workload;
  /** Print only JSON on standard output. */
  readonly json: boolean;
}

/**
 * Reads the arguments after `npm run cost --`.
 *
 * @returns undefined when only help was requested, which is then printed
 * @throws CostArgumentError naming the wrong option
 */
export function parseCostArguments(args: readonly string[]): CostArguments | undefined {
  const options = readOptions<Asked>(costCommand(), args, CostArgumentError);
  if (options === undefined) return undefined;
  const { json = false, refused: asked, ...others } = options;
  const refused = typeof asked === 'number' ? asked : Math.round(asked.share * others.inbound);
  const work: Workload = { ...others, refused };
  const problem = problemWith(work);
  if (problem !== undefined) throw new CostArgumentError(problem);
  return { work, json };
}

type Asked = Omit<Workload, 'refused'> & { readonly refused: CountOrShare; readonly json?: boolean };
type Parse = (text: string) => CountOrShare;

/** An option for each number of a workload. */
const numbers: readonly (readonly [flags: string, text: string, name: keyof Workload, parse: Parse])[] = [
  ['--inbound <count>', 'events that providers send in a month, e.g. 10M', 'inbound', count],
  ['--without-handler <share>', 'the share of them that has no handler, e.g. 30%', 'withoutHandler', share],
  ['--duplicates <share>', 'the share of them that comes a second time', 'duplicates', share],
  [
    '--refused <count or share>',
    'forged or misdirected requests, e.g. 5M, or 300% of the inbound events',
    'refused',
    countOrShare,
  ],
  ['--outbound <count>', 'events that you publish in a month', 'outbound', count],
  ['--fan-out <count>', 'endpoints that each of them goes to', 'fanOut', whole(1, 100_000)],
  [
    '--failure-rate <share>',
    'the share of attempts that fail and are tried again',
    'failureRate',
    shareUpTo(0.9),
  ],
  [
    '--never-delivered <share>',
    'the share of deliveries whose attempts all fail, e.g. because the endpoint is gone for good',
    'neverDelivered',
    share,
  ],
  ['--payload <size>', 'the size of a body, e.g. 4kB', 'payload', sizeUpTo(mostBytes.received, '4 MiB')],
  ['--batch <count>', 'messages in an invocation, 1 to 10', 'batch', whole(1, 10)],
  [
    '--publish-batch <count>',
    'events that you publish in one call, 1 to 10; AWS bills a call by 64 KB',
    'publishBatch',
    whole(1, 10),
  ],
  ['--endpoint-time <ms>', 'the time until an endpoint responds', 'endpointTime', whole(0, 30_000, ' ms')],
  [
    '--sources <count>',
    `sources of inbound events; one stack has room for ${mostSources}`,
    'sources',
    whole(1, mostSources, ': one stack has room for no more, unless its sources share their resources'),
  ],
];

/** Formats defaults as people write them. */
const shown: Readonly<Partial<Record<keyof Workload, string>>> = {
  neverDelivered: '0.5%',
  payload: '1000 B',
  endpointTime: '200 ms',
};

function costCommand(): Command {
  const command = new Command('npm run cost --').description(
    'What a month costs on AWS, by list prices (us-east-1, without free tiers), beside hosted services.',
  );
  for (const [flags, text, name, parse] of numbers)
    command.addOption(new Option(flags, text).argParser(parse).default(usual[name], shown[name]));
  return command
    .addOption(
      new Option('--through <service>', 'how you publish').choices(['sns', 'sqs']).default(usual.through),
    )
    .addOption(
      new Option('--system-log-level <level>', "Lambda's own lines")
        .choices(['INFO', 'WARN'])
        .default(usual.systemLogLevel),
    )
    .option('--json', 'print only JSON on standard output');
}

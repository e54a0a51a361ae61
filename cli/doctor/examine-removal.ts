import { setTimeout as sleep } from 'node:timers/promises';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { attentionItems } from '../../lambdas/adapters/dynamodb/endpoints/attention.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { keptQueues } from '../kept/kept-queues.ts';
import { countsText, totalOf } from '../kept/queue-counts.ts';
import { inUse } from '../kept/resources-in-use.ts';
import { dynamoClient, sqsClient } from '../stack/aws-clients.ts';
import { deploymentOf, findDeployment } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';
import { UsageError } from '../terminal/errors.ts';
import { untilInterrupted } from '../terminal/interrupt.ts';
import { counted } from '../terminal/table.ts';
import { type Left, lookAt, untilEmpty, watchedAll, watchedSource } from './before-removal.ts';
import { earlierFindings } from './earlier-queues.ts';
import type { Finding } from './finding.ts';
import { leftFindings } from './left-findings.ts';
import { lookAtTables, type Unfinished } from './unfinished.ts';

/** The options of `hookline doctor` before a removal. */
export interface RemovalOptions {
  /** A source's name; true when none was given. */
  readonly beforeRemoval?: string | true;
  readonly all?: boolean;
  readonly wait?: boolean;
}

const lookEveryMs = 5_000;

/**
 * Reports what the queues of one source still hold, including queues that earlier changes left. With `--all`, it also reports
 * unfinished deliveries and recoveries.
 *
 * @throws UsageError when neither a source nor `--all` is given
 */
export async function examineBeforeRemoval(
  options: TargetOptions & RemovalOptions,
): Promise<readonly Finding[]> {
  const name = sourceMeant(options);
  const found = await findDeployment(options);
  const deployment = deploymentOf(found);
  const isAll = name === undefined;
  const watched = isAll ? watchedAll(deployment) : watchedSource(deployment, name);
  const client = sqsClient(patientCalls);
  const tables = dynamoClient(patientCalls);
  const { outbound } = deployment;
  const running = (endpointsTable: string) => (limit: number) =>
    attentionItems(tables, endpointsTable, 'jobs', undefined, limit);
  const look = async (): Promise<Left> => {
    const [queues, unfinished] = await Promise.all([
      Promise.all(watched.map((one) => lookAt(client, one))),
      isAll && outbound !== undefined
        ? lookAtTables(tables, outbound, running(outbound.endpointsTable))
        : undefined,
    ]);
    return { queues, unfinished };
  };
  const left = options.wait ? await wait(look) : await look();
  const earlier = async () => keptQueues(client, found.stack, await inUse(found, options));
  return [
    ...leftFindings(left, options.wait === true),
    ...(await earlierFindings(earlier(), Object.keys(deployment.sources), name)),
  ];
}

/** @returns a source's name; undefined for `--all` */
function sourceMeant({ beforeRemoval, all }: RemovalOptions): string | undefined {
  const name = beforeRemoval === true ? undefined : beforeRemoval;
  if (all && name !== undefined)
    throw new UsageError(
      `--before-removal ${name} names one source, and --all means all: leave one of them out.`,
    );
  if (all) return undefined;
  if (beforeRemoval === undefined) throw new UsageError('--wait goes with --before-removal SOURCE or --all.');
  if (name === undefined) throw new UsageError('--before-removal needs a source’s name, or --all.');
  return name;
}

const wait = (look: () => Promise<Left>): Promise<Left> =>
  untilInterrupted((isStopped) => {
    const pause = async (): Promise<void> => {
      for (let waited = 0; waited < lookEveryMs && !isStopped(); waited += 250) await sleep(250);
    };
    const now = () => unixMillis(Date.now());
    return untilEmpty({ look, pause, now, progress: progressOfWaiting(), isStopped });
  });

/** Outside a terminal, a wait of hours prints at most one line a minute. */
const lineEveryMs = 60_000;

/** On a terminal one line that changes; elsewhere a line when the counts have changed, and when nothing is left. */
function progressOfWaiting(): (left: Left) => void {
  let shown = { line: '', at: 0 };
  return (left) => {
    const line = lineOf(left);
    const at = Date.now();
    if (process.stderr.isTTY) process.stderr.write(`\r${line.padEnd(shown.line.length)}\r`);
    else if (line === shown.line || (line !== emptyLine && at - shown.at < lineEveryMs)) return;
    else process.stderr.write(`${line}\n`);
    shown = { line, at };
  };
}

const emptyLine = 'empty; SQS’s counts lag, so this waits for another minute …';

function lineOf({ queues, unfinished }: Left): string {
  const busy = queues.flatMap(({ watched, queue }) =>
    queue !== undefined && totalOf(queue) > 0 ? [`${watched.name}: ${countsText(queue)}`] : [],
  );
  const all = [...busy, ...(unfinished === undefined ? [] : wordsOf(unfinished))];
  return all.length === 0 ? emptyLine : `${all.join('; ')} …`;
}

const wordsOf = ({ pending, recoveries, isCutShort }: Unfinished): string[] => [
  ...(pending > 0
    ? [`${isCutShort ? 'at least ' : ''}${counted(pending, 'delivery', 'deliveries')} pending`]
    : []),
  ...(recoveries > 0 ? [`${counted(recoveries, 'recovery', 'recoveries')} running`] : []),
];

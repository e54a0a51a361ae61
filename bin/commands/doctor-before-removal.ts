import { setTimeout as sleep } from 'node:timers/promises';
import { patientCalls } from '../../lambdas/adapters/aws/call-bounds.ts';
import { sqsClient } from '../../lambdas/adapters/aws/sqs-client.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { openDeployment, sourceOf } from '../deployment.ts';
import {
  type Left,
  leftFindings,
  lookAt,
  untilEmpty,
  watchedAll,
  watchedSource,
} from '../doctor/before-removal.ts';
import type { Finding } from '../doctor/finding.ts';
import { untilInterrupted } from '../interrupt.ts';
import { countsText, totalOf } from '../kept/queue-counts.ts';
import { UsageError } from '../refusal.ts';
import type { TargetOptions } from '../target.ts';

/** What `hookline doctor` is asked before a removal. */
export interface RemovalOptions {
  /** A source's name; true where none was given. */
  readonly beforeRemoval?: string | true;
  readonly all?: boolean;
  readonly wait?: boolean;
}

const lookEveryMs = 5_000;

/**
 * Reports the messages that the queues of one source, or of all, still hold.
 *
 * @throws UsageError when it is not said of which
 */
export async function examineBeforeRemoval(
  options: TargetOptions & RemovalOptions,
): Promise<readonly Finding[]> {
  const name = sourceMeant(options);
  const deployment = await openDeployment(options);
  const watched =
    name === undefined ? watchedAll(deployment) : [watchedSource(deployment, sourceOf(deployment, name))];
  const client = sqsClient(patientCalls);
  const look = (): Promise<readonly Left[]> => Promise.all(watched.map((one) => lookAt(client, one)));
  const left = options.wait ? await wait(look) : await look();
  return left.flatMap((one) => leftFindings(one, unixMillis(Date.now())));
}

/** @returns undefined: all */
function sourceMeant({ beforeRemoval, all }: RemovalOptions): string | undefined {
  const name = beforeRemoval === true ? undefined : beforeRemoval;
  if (all && name !== undefined)
    throw new UsageError(`--before-removal ${name} is of one source: leave out it or --all.`);
  if (all) return undefined;
  if (beforeRemoval === undefined) throw new UsageError('--wait goes with --before-removal SOURCE or --all.');
  if (name === undefined) throw new UsageError('--before-removal needs a source’s name, or --all.');
  return name;
}

const wait = (look: () => Promise<readonly Left[]>): Promise<readonly Left[]> =>
  untilInterrupted((isStopped) => {
    const pause = async (): Promise<void> => {
      for (let waited = 0; waited < lookEveryMs && !isStopped(); waited += 250) await sleep(250);
    };
    const now = () => unixMillis(Date.now());
    return untilEmpty({ look, pause, now, progress: progressOfWaiting(), isStopped });
  });

/** Elsewhere than on a terminal a wait of hours is a line a minute at most. */
const lineEveryMs = 60_000;

/** One line that changes on a terminal; elsewhere a line when the counts have changed, and when nothing is left. */
function progressOfWaiting(): (left: readonly Left[]) => void {
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

const emptyLine = 'empty; SQS’s counts lag, so this looks for a minute …';

function lineOf(left: readonly Left[]): string {
  const busy = left.filter(({ queue }) => totalOf(queue) > 0);
  if (busy.length === 0) return emptyLine;
  return `${busy.map(({ watched, queue }) => `${watched.name}: ${countsText(queue)}`).join('; ')} …`;
}

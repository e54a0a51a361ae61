import { patientCalls } from '../../lambdas/adapters/aws/call-bounds.ts';
import { sqsClient } from '../../lambdas/adapters/aws/sqs-client.ts';
import { print } from '../answer.ts';
import { confirmed } from '../confirm.ts';
import { type DeadLetterFilter, meantBy } from '../dead-letter-filter.ts';
import { searchDeadLetters } from '../dead-letter-search.ts';
import { type DeadMessage, type DlqMessage, readDeadMessage } from '../dead-letters.ts';
import { openDeployment } from '../deployment.ts';
import { dlqQueue, maxReceivesOf } from '../dlq-queue.ts';
import { dlqsNamed } from '../dlqs.ts';
import { type Dropped, drop } from '../drop.ts';
import { untilInterrupted } from '../interrupt.ts';
import { nextCommand } from '../next-command.ts';
import { progressLine } from '../progress-line.ts';
import { RefusedError } from '../refusal.ts';
import { counted } from '../table.ts';
import type { TargetOptions } from '../target.ts';
import { restOf } from './dlq-rest.ts';

interface Options extends TargetOptions, DeadLetterFilter {
  readonly yes?: boolean;
}

/** `hookline dlq drop`. */
export async function dropFrom(name: string, options: Options): Promise<void> {
  const [dlq] = dlqsNamed(await openDeployment(options), name);
  if (dlq === undefined) return;
  if (!options.yes && !process.stdin.isTTY)
    throw new RefusedError(
      `Dead letters that are dropped are gone: repeat with --yes. Nothing was dropped from ${name}.`,
    );
  const client = sqsClient(patientCalls);
  const queue = dlqQueue(client, dlq.url);
  const maxReceives = await maxReceivesOf(client, dlq.workQueueUrl);
  const read = (message: DlqMessage) => readDeadMessage(dlq.kind, message, maxReceives);
  const isMeant = meantBy(options, dlq);
  const line = progressLine('dropped');
  const isDropped = options.yes ? isMeant : await asked(name, isMeant, { ...queue, read });
  if (isDropped === undefined) throw new RefusedError(`Nothing was dropped from ${name}.`);
  const dropped = await untilInterrupted((isStopped) =>
    drop(isDropped, { ...queue, read, isStopped, progress: line }),
  );
  report(name, options, dropped);
}

/** Asks about what is there now: what comes later is not dropped. @returns undefined: nothing is */
async function asked(
  name: string,
  isMeant: (dead: DeadMessage) => boolean,
  ports: Parameters<typeof searchDeadLetters>[2],
): Promise<((dead: DeadMessage) => boolean) | undefined> {
  const { dead } = await searchDeadLetters(isMeant, Number.POSITIVE_INFINITY, ports);
  const keyOf = ({ id, at }: DeadMessage) => `${at} ${id}`;
  const seen = new Set(dead.map(keyOf));
  if (seen.size === 0) return () => false;
  const question = `Drop ${counted(dead.length, 'dead letter')} of ${name} for good?`;
  return (await confirmed(question)) ? (one) => seen.has(keyOf(one)) && isMeant(one) : undefined;
}

function report(name: string, options: Options, dropped: Dropped): void {
  if (options.id !== undefined && dropped.dropped === 0 && !dropped.wasStopped)
    throw new RefusedError(
      `${name} has no dead letter ${options.id}: ${nextCommand(options, `dlq list ${name}`)} lists those it has.`,
    );
  const said = `${counted(dropped.dropped, 'dead letter')} dropped from ${name}${restOf(dropped)}.`;
  print(options, { queue: name, ...dropped }, said);
  if (dropped.wasStopped) throw new RefusedError('Stopped: the rest is still there.');
}

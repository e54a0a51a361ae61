import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { sqsClient } from '../stack/aws-clients.ts';
import { openDeployment } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';
import { confirmed } from '../terminal/confirm.ts';
import { RefusedError } from '../terminal/errors.ts';
import { untilInterrupted } from '../terminal/interrupt.ts';
import { nextCommand } from '../terminal/next-command.ts';
import { print } from '../terminal/print.ts';
import { progressLine } from '../terminal/progress-line.ts';
import { counted } from '../terminal/table.ts';
import { type DeadMessage, type DlqMessage, readDeadMessage } from './dead-letter.ts';
import { type Dropped, drop } from './drop.ts';
import { type DeadLetterFilter, meantBy } from './filter.ts';
import { dlqQueue, maxReceivesOf } from './queue.ts';
import { dlqsNamed } from './queues-of-stack.ts';
import { restOf } from './rest-of-queue.ts';
import { searchDeadLetters } from './search.ts';

interface Options extends TargetOptions, DeadLetterFilter {
  readonly yes?: boolean;
}

/** `hookline dlq drop`. */
export async function dropFrom(name: string, options: Options): Promise<void> {
  const [dlq] = dlqsNamed(await openDeployment(options), name);
  if (dlq === undefined) return;
  if (!options.yes && !process.stdin.isTTY)
    throw new RefusedError(
      `Dropped dead letters cannot be restored: repeat with --yes. Nothing was dropped from ${name}.`,
    );
  const client = sqsClient(patientCalls);
  const queue = dlqQueue(client, dlq.url);
  const maxReceives = await maxReceivesOf(client, dlq.workQueueUrl);
  const read = (message: DlqMessage) => readDeadMessage(dlq.kind, message, maxReceives);
  const isMeant = meantBy(options, dlq);
  const line = progressLine('dropped');
  const isDropped = options.yes ? isMeant : await confirmedFilter(name, isMeant, { ...queue, read });
  if (isDropped === undefined) throw new RefusedError(`Nothing was dropped from ${name}.`);
  const dropped = await untilInterrupted((isStopped) =>
    drop(isDropped, { ...queue, read, isStopped, progress: line }),
  );
  report(name, options, dropped);
}

/** Asks for a confirmation of the dead letters present now; later ones are not dropped. @returns undefined when declined */
async function confirmedFilter(
  name: string,
  isMeant: (dead: DeadMessage) => boolean,
  ports: Parameters<typeof searchDeadLetters>[2],
): Promise<((dead: DeadMessage) => boolean) | undefined> {
  const { dead } = await searchDeadLetters(isMeant, Number.POSITIVE_INFINITY, ports);
  const keyOf = ({ id, at }: DeadMessage) => `${at} ${id}`;
  const present = new Set(dead.map(keyOf));
  if (present.size === 0) return () => false;
  const question = `Drop ${counted(dead.length, 'dead letter')} of ${name} for good?`;
  return (await confirmed(question)) ? (one) => present.has(keyOf(one)) && isMeant(one) : undefined;
}

function report(name: string, options: Options, dropped: Dropped): void {
  if (options.id !== undefined && dropped.dropped === 0 && !dropped.wasStopped)
    throw new RefusedError(
      `${name} has no dead letter ${options.id}: ${nextCommand(options, `dlq list ${name}`)} lists its dead letters.`,
    );
  const summary = `${counted(dropped.dropped, 'dead letter')} dropped from ${name}${restOf(dropped)}.`;
  print(options, { queue: name, ...dropped }, summary);
  if (dropped.wasStopped) throw new RefusedError('Stopped: the rest is still there.');
}

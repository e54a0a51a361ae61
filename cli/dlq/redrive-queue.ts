import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { sqsQueue } from '../../lambdas/adapters/sqs/queue.ts';
import type { ReplayOptions } from '../../lambdas/outbound/replay-route.ts';
import { deliveryReplay } from '../deliveries/replay.ts';
import { adapterClient, sqsClient } from '../stack/aws-clients.ts';
import { type Deployment, openDeployment, outboundOf } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';
import { RefusedError } from '../terminal/errors.ts';
import { untilInterrupted } from '../terminal/interrupt.ts';
import { nextCommand } from '../terminal/next-command.ts';
import { print } from '../terminal/print.ts';
import { progressLine } from '../terminal/progress-line.ts';
import { cell, counted } from '../terminal/table.ts';
import { type Resend, readDeadMessage } from './dead-letter.ts';
import { type DeadLetterFilter, isNarrow, meantBy } from './filter.ts';
import { dlqQueue, maxReceivesOf } from './queue.ts';
import { type Dlq, dlqsNamed } from './queues-of-stack.ts';
import { type Redriven, type Resent, redrive } from './redrive.ts';
import { restOf } from './rest-of-queue.ts';

type Options = TargetOptions & ReplayOptions & DeadLetterFilter;

/** `hookline dlq redrive`. */
export async function redriveQueue(name: string, options: Options): Promise<void> {
  const deployment = await openDeployment(options);
  const [dlq] = dlqsNamed(deployment, name);
  if (dlq === undefined) return;
  report(name, options, await redriveFrom(dlq, deployment, options));
}

/** @throws RefusedError when a selected dead letter was not sent back */
function report(name: string, options: Options, redriven: Redriven): void {
  const { id } = options;
  const { sent, obsolete, refused, cameBack, wasStopped } = redriven;
  for (const one of refused) console.error(`${cell(one.id)}: ${cell(one.reason)}; it stays in the queue`);
  if (cameBack > 0)
    console.error(
      `${counted(cameBack, 'dead letter')} failed again at once, or were duplicates: see dlq list ${name}`,
    );
  const isEmpty = sent + obsolete + cameBack + refused.length === 0;
  if (id !== undefined && isEmpty && !wasStopped)
    throw new RefusedError(
      `${name} has no dead letter ${id}: ${nextCommand(options, `dlq list ${name}`)} lists its dead letters.`,
    );
  const removed = `${obsolete} removed from ${name}: already pending again or delivered`;
  const done = [
    ...(sent > 0 || obsolete === 0 ? [`${counted(sent, 'dead letter')} sent back from ${name}`] : []),
    ...(obsolete > 0 ? [removed] : []),
  ];
  const none = isNarrow(options) ? `${name} has no matching dead letters` : `${name} has no dead letters`;
  const rest = restOf(redriven);
  print(
    options,
    { queue: name, ...redriven },
    isEmpty && !wasStopped ? `${none}${rest}.` : `${done.join(', ')}${rest}.`,
  );
  if (wasStopped) throw new RefusedError('Stopped: the rest is still there.');
  if (refused.length > 0) throw new RefusedError(`${counted(refused.length, 'dead letter')} not sent back.`);
}

async function redriveFrom(dlq: Dlq, deployment: Deployment, options: Options): Promise<Redriven> {
  const client = sqsClient(patientCalls);
  const queue = dlqQueue(client, dlq.url);
  const maxReceives = await maxReceivesOf(client, dlq.workQueueUrl);
  const line = progressLine('sent back');
  return untilInterrupted((isStopped) =>
    redrive(meantBy(options, dlq), {
      ...queue,
      read: (message) => readDeadMessage(dlq.kind, message, maxReceives),
      resend: resender(dlq, deployment, options),
      progress: line,
      isStopped,
    }),
  );
}

/** Sends a message back to the queue that its dead letter came from. */
function resender(dlq: Dlq, deployment: Deployment, options: ReplayOptions) {
  const client = sqsClient(patientCalls);
  return async (resend: Resend): Promise<Resent> => {
    if (resend.kind === 'replay')
      return deliveryReplay(deployment, options).redrive(resend.deliveryId, resend.task);
    const source = resend.source === undefined ? undefined : deployment.sources[resend.source];
    const url = source?.queueUrl ?? dlq.workQueueUrl ?? outboundOf(deployment).publishQueueUrl;
    await sqsQueue(adapterClient(client), url).send({ body: resend.body, attributes: resend.attributes });
    return { kind: 'sent' };
  };
}

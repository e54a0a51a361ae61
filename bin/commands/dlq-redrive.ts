import { patientCalls, sqsClient } from '../../lambdas/adapters/aws/clients.ts';
import { sqsQueue } from '../../lambdas/adapters/aws/sqs-queue.ts';
import { type DeadMessage, type Resend, readDeadMessage } from '../dead-letters.ts';
import { type Deployment, openDeployment } from '../deployment.ts';
import { dlqQueue, maxReceivesOf } from '../dlq-queue.ts';
import { type Dlq, dlqsNamed } from '../dlqs.ts';
import { untilInterrupted } from '../interrupt.ts';
import { progressLine } from '../progress-line.ts';
import { type Redriven, redrive } from '../redrive.ts';
import { RefusedError } from '../refusal.ts';
import { counted } from '../table.ts';
import type { TargetOptions } from '../target.ts';

/** `hookline dlq redrive`. */
export async function redriveQueue(
  name: string,
  options: TargetOptions & { readonly id?: string },
): Promise<void> {
  const deployment = await openDeployment(options);
  const [dlq] = dlqsNamed(deployment, name);
  if (dlq === undefined) return;
  const redriven = await redriveFrom(dlq, deployment, options.id);
  const { sent, refused, cameBack, wasStopped } = redriven;
  for (const { id, reason } of refused) console.error(`${id}: ${reason}; it stays in the queue`);
  if (cameBack > 0)
    console.error(`${counted(cameBack, 'dead letter')} came back at once, or were there twice: see dlq list`);
  if (wasStopped)
    throw new RefusedError(`Stopped: ${counted(sent, 'dead letter')} sent back, the rest is still there.`);
  if (refused.length > 0) throw new RefusedError(`${sent} sent back, ${refused.length} not.`);
  if (options.id !== undefined && sent === 0)
    throw new RefusedError(
      `There is no dead letter ${options.id} in ${name}: dlq list ${name} shows what there is.`,
    );
  console.log(
    sent === 0 ? `Nothing is dead in ${name}.` : `${counted(sent, 'dead letter')} sent back from ${name}.`,
  );
}

async function redriveFrom(dlq: Dlq, deployment: Deployment, id: string | undefined): Promise<Redriven> {
  const client = sqsClient(patientCalls);
  const queue = dlqQueue(client, dlq.url);
  const maxReceives = await maxReceivesOf(client, dlq.workQueueUrl);
  const isMeant = (dead: DeadMessage): boolean =>
    (id === undefined || dead.id === id) && (dlq.source === undefined || dlq.source === dead.source);
  const line = progressLine('sent back');
  return untilInterrupted((isStopped) =>
    redrive(isMeant, {
      ...queue,
      read: (message) => readDeadMessage(dlq.kind, message, maxReceives),
      resend: resender(dlq, deployment),
      progress: line,
      isStopped,
    }),
  );
}

/** Sends back to the queue that the dead letter came from. */
function resender(dlq: Dlq, deployment: Deployment) {
  const client = sqsClient(patientCalls);
  return async (resend: Resend): Promise<string | undefined> => {
    if (resend.kind === 'replay') return 'replay of deliveries is not here yet';
    const source = resend.source === undefined ? undefined : deployment.sources[resend.source];
    const url = source?.queueUrl ?? dlq.workQueueUrl ?? deployment.publishQueueUrl;
    await sqsQueue(client, url).send({ body: resend.body, attributes: resend.attributes });
    return undefined;
  };
}

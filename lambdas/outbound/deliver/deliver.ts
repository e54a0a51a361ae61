import { type FirstRun, type RunMessage, runBatch } from '../../domain/batch.ts';
import type { PendingDelivery } from '../../domain/delivery-record.ts';
import type { DeliveryTask } from '../../domain/delivery-task.ts';
import { asError } from '../../domain/errors.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import type { OutboundPorts } from '../ports.ts';
import {
  acknowledge,
  answerQueue,
  deleteNow,
  type QueueAnswer,
  type QueueAnswerPorts,
} from '../queue-answer.ts';
import type { Invocation } from './attempt.ts';
import { type DeliverOnePorts, deliverOne, type Run, retryInOneSecond } from './deliver-one.ts';
import { recordUnrecordedSuccess } from './finish.ts';
import { openTask } from './open-task.ts';

export type DeliverPorts = DeliverOnePorts &
  QueueAnswerPorts &
  Pick<OutboundPorts<'WorkErrored'>, 'telemetry'>;

/** A message of a task queue. */
export interface DeliveryQueueMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly text: string;
}

interface Batch extends Run {
  readonly ports: DeliverPorts;
}

type Ended = RunMessage<DeliveryQueueMessage, QueueAnswer>;

/** A delivery that may have killed its worker, and its task. */
interface Suspect {
  readonly task: DeliveryTask;
  readonly delivery: PendingDelivery;
}

/**
 * Works through one batch of a task queue: see `runBatch`.
 *
 * Lambda deletes the messages that are done when the batch is over. Only before a suspect runs are they deleted here: it may
 * end the process, and then they would come back, each for a claim that is refused.
 *
 * @returns the ids of the messages that SQS redelivers
 */
export async function deliver(
  messages: readonly DeliveryQueueMessage[],
  invocation: Invocation,
  settings: OutboundSettings,
  ports: DeliverPorts,
): Promise<readonly string[]> {
  const batch: Batch = { settings, ports, invocation };
  const answered = await runBatch<DeliveryQueueMessage, Suspect, QueueAnswer>(messages, {
    first: (message) => runFirst(message, batch),
    beforeSuspects: (done) => deleteAcknowledged(done, ports),
    alone: async (message, { task, delivery }) => {
      const run = await deliverOne(task, batch, delivery);
      const queueAnswer = run.kind === 'answered' ? run.queueAnswer : retryInOneSecond;
      const result = await answer(message, queueAnswer, batch);
      if (messages.length > 1) await deleteAcknowledged([{ message, result }], ports);
      return result;
    },
    failed: (message, error) => {
      ports.telemetry.error('delivery.errored', { messageId: message.messageId }, asError(error));
      ports.telemetry.count('WorkErrored', {});
      return answer(message, { kind: 'fail', after: settings.lease }, batch);
    },
  });
  return answered.filter(({ result }) => result.kind === 'fail').map(({ message }) => message.messageId);
}

async function runFirst(
  message: DeliveryQueueMessage,
  batch: Batch,
): Promise<FirstRun<Suspect, QueueAnswer>> {
  const { settings, ports } = batch;
  const task = await openTask(message, ports);
  if (task === undefined) return { kind: 'done', result: await answer(message, acknowledge, batch) };
  if (task.seen !== undefined) {
    await recordUnrecordedSuccess(task, task.seen, settings, ports);
    return { kind: 'done', result: await answer(message, acknowledge, batch) };
  }
  const run = await deliverOne(task, batch);
  if (run.kind === 'answered') return { kind: 'done', result: await answer(message, run.queueAnswer, batch) };
  const { delivery } = run;
  return { kind: 'suspect', suspect: { task, delivery }, crashes: delivery.crashes };
}

async function answer(
  message: DeliveryQueueMessage,
  queueAnswer: QueueAnswer,
  { ports }: Batch,
): Promise<QueueAnswer> {
  await answerQueue(message, queueAnswer, ports);
  return queueAnswer;
}

async function deleteAcknowledged(ended: readonly Ended[], ports: DeliverPorts): Promise<void> {
  const done = ended.filter(({ result }) => result.kind === 'acknowledge');
  await Promise.all(done.map(({ message }) => deleteNow(message, ports)));
}

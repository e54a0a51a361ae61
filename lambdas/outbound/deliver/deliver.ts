import type { Delivery } from '../../domain/delivery-record.ts';
import { type DeliveryTask, endpointHash } from '../../domain/delivery-task.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { asError } from '../../domain/errors.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import type { OutboundPorts } from '../ports.ts';
import { acknowledge, answerQueue, type QueueAnswer, type QueueAnswerPorts } from '../queue-answer.ts';
import type { Invocation } from './attempt.ts';
import { type DeliverOnePorts, deliverOne, type Run, retryInOneSecond } from './deliver-one.ts';
import { openTask } from './open-task.ts';
import { recordUnrecordedSuccess } from './record-unrecorded-success.ts';

export type DeliverPorts = DeliverOnePorts &
  QueueAnswerPorts &
  Pick<OutboundPorts<'WorkErrored'>, 'telemetry'>;

/** A message of the delivery queue. */
export interface DeliveryQueueMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly text: string;
}

interface Batch extends Run {
  readonly ports: DeliverPorts;
  /** Alone in its batch a message has no mates to wait for, and Lambda deletes it. */
  readonly isAlone: boolean;
}

/** A message after its turn. */
interface Ended {
  readonly message: DeliveryQueueMessage;
  readonly queueAnswer: QueueAnswer;
}
/** A message whose turn is yet to come. */
interface Suspect {
  readonly message: DeliveryQueueMessage;
  readonly task: DeliveryTask;
  readonly delivery: Delivery;
}

/**
 * Works through one batch of the delivery queue.
 *
 * Everything but suspects runs at once, and each message is settled as soon as its own turn is over. A suspect, which may
 * have killed its worker, runs last and alone: the fewest crashes first, so that a killer takes nobody with it.
 *
 * @returns the ids of the messages that come back
 */
export async function deliver(
  messages: readonly DeliveryQueueMessage[],
  hasTime: Invocation['hasTime'],
  settings: OutboundSettings,
  ports: DeliverPorts,
): Promise<readonly string[]> {
  const batch: Batch = {
    ...{ settings, ports, isAlone: messages.length === 1, invocation: { hasTime } },
    endpointOf: readOnce(ports),
  };
  const turns = await Promise.all(
    messages.map((message) => runIsolated(message, batch, () => runFirst(message, batch))),
  );
  const suspects = turns.filter((ended) => 'delivery' in ended);
  const ended = [...turns.filter((end) => 'queueAnswer' in end), ...(await runSuspects(suspects, batch))];
  return ended
    .filter(({ queueAnswer }) => queueAnswer.kind === 'fail')
    .map(({ message }) => message.messageId);
}

/** The messages of a batch are often for the same few endpoints. */
function readOnce({ endpoints }: DeliverPorts): Run['endpointOf'] {
  const read = new Map<string, Promise<Endpoint | undefined>>();
  return (task) => {
    const key = endpointHash(task);
    const known = read.get(key) ?? endpoints.read(task.tenant, task.endpointId);
    read.set(key, known);
    return known;
  };
}

async function runFirst(message: DeliveryQueueMessage, batch: Batch): Promise<Ended | Suspect> {
  const { settings, ports } = batch;
  const task = await openTask(message, ports);
  if (task === undefined) return { message, queueAnswer: acknowledge };
  if (task.seen !== undefined) {
    await recordUnrecordedSuccess(task, task.seen, settings.deliveryRetention, ports);
    return { message, queueAnswer: acknowledge };
  }
  const turn = await deliverOne(task, batch);
  return turn.kind === 'answered'
    ? { message, queueAnswer: turn.queueAnswer }
    : { message, task, delivery: turn.delivery };
}

/** Suspects one by one; those that the time does not reach come back uncounted. */
async function runSuspects(suspects: readonly Suspect[], batch: Batch): Promise<Ended[]> {
  const inOrder = [...suspects].sort((a, b) => a.delivery.crashes - b.delivery.crashes);
  const ended: Ended[] = [];
  for (const { message, task, delivery } of inOrder) {
    const turn = await runIsolated(message, batch, async (): Promise<Ended> => {
      const { queueAnswer } = await runAlone(task, delivery, batch);
      return { message, queueAnswer };
    });
    ended.push(turn);
  }
  return ended;
}

async function runAlone(
  task: DeliveryTask,
  seen: Delivery,
  batch: Batch,
): Promise<{ queueAnswer: QueueAnswer }> {
  const turn = await deliverOne(task, batch, seen);
  return turn.kind === 'answered' ? turn : { queueAnswer: retryInOneSecond };
}

/** Runs a message's turn and tells the queue at once; whatever goes wrong fails this message only. */
async function runIsolated<Result extends Ended | Suspect>(
  message: DeliveryQueueMessage,
  batch: Batch,
  turn: () => Promise<Result>,
): Promise<Result | Ended> {
  try {
    const result = await turn();
    if ('queueAnswer' in result)
      await answerQueue(result.message, result.queueAnswer, batch.isAlone, batch.ports);
    return result;
  } catch (error) {
    batch.ports.telemetry.error('delivery.errored', { messageId: message.messageId }, asError(error));
    batch.ports.telemetry.count('WorkErrored', {});
    const failed: Ended = { message, queueAnswer: { kind: 'fail', after: batch.settings.lease } };
    await answerQueue(failed.message, failed.queueAnswer, batch.isAlone, batch.ports);
    return failed;
  }
}

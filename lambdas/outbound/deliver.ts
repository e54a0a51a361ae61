import type { Delivery } from '../domain/delivery-record.ts';
import { type DeliveryTask, endpointHash } from '../domain/delivery-task.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import type { OutboundSettings } from '../domain/outbound-settings.ts';
import type { Invocation } from './attempt-delivery.ts';
import { openTask } from './open-task.ts';
import { recordSeenSuccess } from './record-seen-success.ts';
import { acknowledge, type Settlement, type SettlementPorts, tellQueue } from './settlement.ts';
import { comeBackSoon, type Run, type TurnPorts, takeTurn } from './take-turn.ts';
import { asError, type OutboundTelemetry } from './telemetry.ts';

/** What delivering needs of the outside world. */
export interface DeliverPorts extends TurnPorts, SettlementPorts {
  readonly telemetry: TurnPorts['telemetry'] & OutboundTelemetry<'WorkErrored'>;
}

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
  readonly settlement: Settlement;
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
    messages.map((message) => settled(message, batch, () => firstTurn(message, batch))),
  );
  const suspects = turns.filter((ended) => 'delivery' in ended);
  const ended = [...turns.filter((end) => 'settlement' in end), ...(await runAlone(suspects, batch))];
  return ended.filter(({ settlement }) => settlement.kind === 'fail').map(({ message }) => message.messageId);
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

async function firstTurn(message: DeliveryQueueMessage, batch: Batch): Promise<Ended | Suspect> {
  const { settings, ports } = batch;
  const task = await openTask(message, ports);
  if (task === undefined) return { message, settlement: acknowledge };
  if (task.seen !== undefined) {
    await recordSeenSuccess(task, task.seen, settings.deliveryRetention, ports);
    return { message, settlement: acknowledge };
  }
  const turn = await takeTurn(task, batch);
  return turn.kind === 'settled'
    ? { message, settlement: turn.settlement }
    : { message, task, delivery: turn.delivery };
}

/** Suspects one by one; those that the time does not reach come back uncounted. */
async function runAlone(suspects: readonly Suspect[], batch: Batch): Promise<Ended[]> {
  const inOrder = [...suspects].sort((a, b) => a.delivery.crashes - b.delivery.crashes);
  const ended: Ended[] = [];
  for (const { message, task, delivery } of inOrder) {
    const turn = await settled(message, batch, async (): Promise<Ended> => {
      const { settlement } = await aloneTurn(task, delivery, batch);
      return { message, settlement };
    });
    ended.push(turn);
  }
  return ended;
}

async function aloneTurn(
  task: DeliveryTask,
  seen: Delivery,
  batch: Batch,
): Promise<{ settlement: Settlement }> {
  const turn = await takeTurn(task, batch, seen);
  return turn.kind === 'settled' ? turn : { settlement: comeBackSoon };
}

/** Runs a message's turn and tells the queue at once; whatever goes wrong fails this message only. */
async function settled<Result extends Ended | Suspect>(
  message: DeliveryQueueMessage,
  batch: Batch,
  turn: () => Promise<Result>,
): Promise<Result | Ended> {
  try {
    const result = await turn();
    if ('settlement' in result)
      await tellQueue(result.message, result.settlement, batch.isAlone, batch.ports);
    return result;
  } catch (error) {
    batch.ports.telemetry.error('delivery.errored', { messageId: message.messageId }, asError(error));
    batch.ports.telemetry.count('WorkErrored', {});
    const failed: Ended = { message, settlement: { kind: 'fail', after: batch.settings.lease } };
    await tellQueue(failed.message, failed.settlement, batch.isAlone, batch.ports);
    return failed;
  }
}

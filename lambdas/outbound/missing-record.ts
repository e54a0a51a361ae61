import { type DeliveryTask, taskDeadLetter } from '../domain/delivery-task.ts';
import { serialiseMessage } from '../domain/messages.ts';
import type { OutboundPorts } from './ports.ts';
import { acknowledge, type QueueAnswer } from './queue-answer.ts';

export type MissingPorts = Pick<OutboundPorts<'DeliveriesMissing'>, 'now' | 'sendDeadDelivery' | 'telemetry'>;

/** Gives up a task whose delivery is not in the table. Unfinished deliveries do not expire, so something else deleted it. */
export async function answerForMissing(task: DeliveryTask, ports: MissingPorts): Promise<QueueAnswer> {
  const { deliveryId, tenant, endpointId } = task;
  const givenUp = {
    id: deliveryId,
    cause: 'record-missing',
    reason: 'its record is not in the deliveries table',
    task,
  } as const;
  await ports.sendDeadDelivery(taskDeadLetter(serialiseMessage(task), givenUp, ports.now()));
  ports.telemetry.error('delivery.missing', { deliveryId, tenant, endpointId });
  ports.telemetry.count('DeliveriesMissing', {});
  return acknowledge;
}

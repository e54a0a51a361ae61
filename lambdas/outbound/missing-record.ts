import { type DeadDelivery, type DeliveryTask, taskDeadLetter } from '../domain/delivery-task.ts';
import { serialiseMessage } from '../domain/messages.ts';
import type { UnixMillis } from '../domain/time.ts';
import { acknowledge, type QueueAnswer } from './queue-answer.ts';
import type { OutboundTelemetry } from './telemetry.ts';

/** What giving up a task without a record needs of the outside world. */
export interface MissingPorts {
  now(): UnixMillis;
  sendDeadDelivery(letter: DeadDelivery): Promise<void>;
  readonly telemetry: OutboundTelemetry<'DeliveriesMissing'>;
}

/** Gives up a task whose delivery is not in the table: nothing that is unfinished expires, so something took it away. */
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

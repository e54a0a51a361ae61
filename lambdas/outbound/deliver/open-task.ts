import { DeliveryTask, taskDeadLetter } from '../../domain/delivery-task.ts';
import { MalformedMessageError, parseMessage } from '../../domain/messages.ts';
import type { MissingPorts } from '../missing-record.ts';

/**
 * Parses a task. A malformed message goes to the delivery DLQ.
 *
 * @returns undefined when there is nothing left to do
 */
export async function openTask(
  { messageId, text }: { readonly messageId: string; readonly text: string },
  ports: MissingPorts,
): Promise<DeliveryTask | undefined> {
  try {
    return parseMessage(DeliveryTask, 'delivery task', text);
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    const reason = error.message;
    const givenUp = { id: messageId, cause: 'malformed', reason } as const;
    await ports.sendDeadDelivery(taskDeadLetter(text, givenUp, ports.now()));
    ports.telemetry.error('delivery.unusable', { messageId, reason });
    return undefined;
  }
}

import { DeliveryTask } from '../domain/delivery-task.ts';
import {
  type DeadLetter,
  MalformedMessageError,
  parseMessage,
  serialiseMessage,
} from '../domain/messages.ts';
import type { UnixMillis } from '../domain/time.ts';
import type { OutboundTelemetry } from './telemetry.ts';

interface OpenPorts {
  now(): UnixMillis;
  sendDeadLetter(body: string): Promise<void>;
  readonly telemetry: OutboundTelemetry;
}

/**
 * Reads a task; what is none goes to the delivery DLQ.
 *
 * @returns undefined when there is nothing left to do
 */
export async function openTask(
  { messageId, text }: { readonly messageId: string; readonly text: string },
  ports: OpenPorts,
): Promise<DeliveryTask | undefined> {
  try {
    return parseMessage(DeliveryTask, 'delivery task', text);
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    const reason = error.message;
    const at = ports.now();
    const entry: DeadLetter = {
      v: 1,
      kind: 'delivery',
      id: messageId,
      reason,
      at,
      attempts: 0,
      message: text,
    };
    await ports.sendDeadLetter(serialiseMessage(entry));
    ports.telemetry.error('delivery.unusable', { messageId, reason });
    return undefined;
  }
}

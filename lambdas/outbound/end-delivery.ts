import type { Delivery } from '../domain/delivery-record.ts';
import { deliveryDeadLetter } from '../domain/delivery-task.ts';
import { deliveryExhausted, type Operation } from '../domain/operation.ts';
import type { UnixMillis } from '../domain/time.ts';
import type { DeliveryWrite } from './claim-delivery.ts';
import type { OutboundTelemetry } from './telemetry.ts';

/** What the last effects of a delivery need of the outside world. */
export interface EndPorts {
  now(): UnixMillis;
  readonly deliveries: {
    /** Takes an ended delivery out of the due index, unless another round of it has begun. */
    clearDue(id: string, round: number): Promise<DeliveryWrite>;
  };
  sendDeadLetter(body: string): Promise<void>;
  /** To the operations topic. */
  tellOperators(operation: Operation): Promise<void>;
  readonly telemetry: OutboundTelemetry;
}

/**
 * The last effects of a failed delivery: its dead letter, then the operators' message, then its place in the due index.
 *
 * The due index keeps it until all are done, so what a crash leaves out is done by the sweep.
 */
export async function buryDelivery(delivery: Delivery, ports: EndPorts): Promise<void> {
  const { id, lastError = 'unknown', round, eventId, eventType, tenant, endpointId, attempts } = delivery;
  await ports.sendDeadLetter(deliveryDeadLetter(delivery, lastError, ports.now()));
  await ports.tellOperators(deliveryExhausted(delivery, ports.now()));
  await ports.deliveries.clearDue(id, round);
  const fields = { eventId, eventType, tenant, endpointId, attempts, correlationId: delivery.correlationId };
  ports.telemetry.error('delivery.dead', { deliveryId: id, ...fields, reason: lastError });
}

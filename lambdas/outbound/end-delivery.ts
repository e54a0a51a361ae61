import type { Delivery } from '../domain/delivery-record.ts';
import { deliveryDeadLetter } from '../domain/delivery-task.ts';
import { eventExpiry, openMembers, outboundEventKey } from '../domain/outbound-event.ts';
import type { UnixMillis, UnixSeconds } from '../domain/time.ts';
import type { DeliveryWrite } from './claim-delivery.ts';
import type { OutboundTelemetry } from './telemetry.ts';

/** What the last effects of a delivery need of the outside world. */
export interface EndPorts {
  now(): UnixMillis;
  readonly deliveries: {
    /** Takes an ended delivery out of the due index, unless another round of it has begun. */
    clearDue(id: string, round: number): Promise<DeliveryWrite>;
  };
  readonly events: {
    /**
     * Takes the rounds of a delivery off the event's unfinished ones; the last one off says when the event expires.
     *
     * @param members the one that has just ended last
     */
    close(id: string, members: readonly string[], expiresAt: UnixSeconds): Promise<void>;
  };
  sendDeadLetter(body: string): Promise<void>;
  readonly telemetry: OutboundTelemetry;
}

/** Lets the event expire with its last delivery. Done again it changes nothing. */
export async function closeInEvent(delivery: Delivery, ports: EndPorts): Promise<void> {
  const { id, tenant, eventId, round, expiresAt } = delivery;
  if (expiresAt === undefined) return;
  await ports.events.close(outboundEventKey(tenant, eventId), openMembers(id, round), eventExpiry(expiresAt));
}

/**
 * The last effects of a failed delivery: its dead letter, then its place in the event, then its place in the due index.
 *
 * The due index keeps it until all are done, so what a crash leaves out is done by the sweep.
 */
export async function buryDelivery(delivery: Delivery, ports: EndPorts): Promise<void> {
  const { id, lastError = 'unknown', round, eventId, eventType, tenant, endpointId, attempts } = delivery;
  await ports.sendDeadLetter(deliveryDeadLetter(delivery, lastError, ports.now()));
  await closeInEvent(delivery, ports);
  await ports.deliveries.clearDue(id, round);
  const fields = { eventId, eventType, tenant, endpointId, attempts, correlationId: delivery.correlationId };
  ports.telemetry.error('delivery.dead', { deliveryId: id, ...fields, reason: lastError });
}

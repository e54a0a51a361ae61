import type { Delivery } from '../domain/delivery-record.ts';
import { type DeadDelivery, deliveryDeadLetter } from '../domain/delivery-task.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import { type EndedDelivery, endedDelivery } from '../domain/failure-tally.ts';
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
  readonly endpoints: {
    /** As it stands after every write that was answered. */
    read(tenant: string, id: string): Promise<Endpoint | undefined>;
  };
  /** To the queue that its cause names. */
  sendDeadDelivery(letter: DeadDelivery): Promise<void>;
  readonly tallies: {
    /** Counts one more failed delivery of an endpoint: the sweep tells the operators. */
    add(ended: EndedDelivery, now: UnixMillis): Promise<void>;
  };
  readonly telemetry: OutboundTelemetry;
}

/**
 * The last effects of a failed delivery: its dead letter, then its place in the count that operators are told, then its
 * place in the due index.
 *
 * The due index keeps it until all are done, so what a crash leaves out is done by the sweep.
 */
export async function buryDelivery(delivery: Delivery, ports: EndPorts): Promise<void> {
  const { id, lastError = 'unknown', cause, round, eventId, eventType, tenant, endpointId } = delivery;
  const host = await hostOf(delivery, ports);
  const now = ports.now();
  const letter = deliveryDeadLetter({ ...delivery, host }, { cause, reason: lastError }, now);
  await ports.sendDeadDelivery(letter);
  await ports.tallies.add(endedDelivery(delivery, host), now);
  await ports.deliveries.clearDue(id, round);
  const fields = { eventId, eventType, tenant, endpointId, host, correlationId: delivery.correlationId };
  const ended = { attempts: delivery.attempts, reason: lastError, cause, queue: letter.queue };
  const line = { deliveryId: id, ...fields, ...ended };
  if (letter.queue === 'delivery') ports.telemetry.error('delivery.dead', line);
  else ports.telemetry.warn('delivery.dead', line);
}

/** @returns undefined when its endpoint was deleted */
async function hostOf(
  { url, tenant, endpointId }: Delivery,
  { endpoints }: EndPorts,
): Promise<string | undefined> {
  const to = url ?? (await endpoints.read(tenant, endpointId))?.url;
  return to === undefined ? undefined : URL.parse(to)?.host;
}

import type { Delivery } from '../domain/delivery-record.ts';
import { type DeadDelivery, deliveryDeadLetter } from '../domain/delivery-task.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import { asError } from '../domain/errors.ts';
import { type EndedDelivery, endedDelivery } from '../domain/failure-tally.ts';
import type { UnixMillis } from '../domain/time.ts';
import type { DeliveryWrite } from './deliver/claim.ts';
import type { OutboundTelemetry } from './telemetry.ts';

/** What the last effects of a delivery need of the outside world. */
export interface DeadLetterPorts {
  now(): UnixMillis;
  readonly deliveries: {
    /** Notes that the failure of a round is counted. */
    noteCounted(id: string, round: number): Promise<DeliveryWrite>;
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
    /** Counts one more failed delivery of an endpoint, for the sweep to tell the operators; the same one twice in a row once. */
    add(ended: EndedDelivery, now: UnixMillis): Promise<void>;
  };
  readonly telemetry: OutboundTelemetry;
}

/**
 * The last effects of a failed delivery: its place in the count that operators are told, then its dead letter, then its
 * place in the due index.
 *
 * The due index keeps it until all are done, so what a crash leaves out is done by the sweep.
 */
export async function deadLetterDelivery(delivery: Delivery, ports: DeadLetterPorts): Promise<void> {
  const { id, lastError = 'unknown', cause, round } = delivery;
  const host = await hostOf(delivery, ports);
  const now = ports.now();
  const letter = deliveryDeadLetter({ ...delivery, host }, { cause, reason: lastError }, now);
  // A count can be made to count once, a letter cannot be unsent: so a write of the count that fails comes before it, and
  // the sweep does both. In the other order each such failure would send the letter again.
  if (delivery.countedRound !== round) await ports.tallies.add(endedDelivery(delivery, host), now);
  await sendLetter(letter, delivery, ports);
  await ports.deliveries.clearDue(id, round);
  report(delivery, host, letter, ports);
}

/** A letter that is not sent leaves a note, so that the sweep does not count its delivery again. */
async function sendLetter(
  letter: DeadDelivery,
  { id, round }: Delivery,
  ports: DeadLetterPorts,
): Promise<void> {
  try {
    await ports.sendDeadDelivery(letter);
  } catch (error) {
    await ports.deliveries.noteCounted(id, round).catch((reason: unknown) => {
      ports.telemetry.warn('delivery.unnoted', { deliveryId: id, reason: asError(reason).message });
    });
    throw error;
  }
}

function report(
  delivery: Delivery,
  host: string | undefined,
  { queue }: DeadDelivery,
  { telemetry }: DeadLetterPorts,
): void {
  const { id, eventId, eventType, tenant, endpointId, correlationId, attempts, cause } = delivery;
  const fields = { deliveryId: id, eventId, eventType, tenant, endpointId, host, correlationId };
  const line = { ...fields, attempts, reason: delivery.lastError ?? 'unknown', cause, queue };
  if (queue === 'delivery') telemetry.error('delivery.dead', line);
  else telemetry.warn('delivery.dead', line);
}

/** @returns undefined when its endpoint was deleted */
async function hostOf(
  { url, tenant, endpointId }: Delivery,
  { endpoints }: DeadLetterPorts,
): Promise<string | undefined> {
  const to = url ?? (await endpoints.read(tenant, endpointId))?.url;
  return to === undefined ? undefined : URL.parse(to)?.host;
}

import type { FailedDelivery } from '../domain/delivery-record.ts';
import { type DeadDelivery, deliveryDeadLetter } from '../domain/delivery-task.ts';
import { asError } from '../domain/errors.ts';
import { endedDelivery } from '../domain/failure-tally.ts';
import type { OutboundPorts } from './ports.ts';

export type DeadLetterPorts = Pick<
  OutboundPorts,
  'now' | 'deliveries' | 'endpoints' | 'sendDeadDelivery' | 'tallies' | 'telemetry'
>;

/**
 * Does the last effects of a failed delivery, in this order: counts it for the operators, sends its dead letter, takes it
 * off the due index.
 *
 * The delivery stays in the due index until all are done, so the sweep does what a crash left out.
 */
export async function deadLetterDelivery(delivery: FailedDelivery, ports: DeadLetterPorts): Promise<void> {
  const { id, lastError, cause, round } = delivery;
  const host = await hostOf(delivery, ports);
  const now = ports.now();
  const letter = deliveryDeadLetter({ ...delivery, host }, { cause, reason: lastError }, now);
  // The count comes first because it can be repeated safely, and a sent letter cannot be taken back. If the count fails, the
  // sweep does both; in the other order, each failed count would send the letter again.
  if (delivery.countedRound !== round) await ports.tallies.add(endedDelivery(delivery, host), now);
  await sendLetter(letter, delivery, ports);
  await ports.deliveries.clearDue(id, round);
  report(delivery, host, letter, ports);
}

/** Sends the letter. If that fails, notes that the delivery is counted, so that the sweep does not count it again. */
async function sendLetter(
  letter: DeadDelivery,
  { id, round }: FailedDelivery,
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
  delivery: FailedDelivery,
  host: string | undefined,
  { queue }: DeadDelivery,
  { telemetry }: DeadLetterPorts,
): void {
  const { id, eventId, eventType, tenant, endpointId, correlationId, attempts, cause } = delivery;
  const fields = { deliveryId: id, eventId, eventType, tenant, endpointId, host, correlationId };
  const line = { ...fields, attempts, reason: delivery.lastError, cause, queue };
  if (queue === 'delivery') telemetry.error('delivery.dead', line);
  else telemetry.warn('delivery.dead', line);
}

/** @returns undefined when the endpoint was deleted */
async function hostOf(
  { url, tenant, endpointId }: FailedDelivery,
  { endpoints }: DeadLetterPorts,
): Promise<string | undefined> {
  const to = url ?? (await endpoints.read(tenant, endpointId))?.url;
  return to === undefined ? undefined : URL.parse(to)?.host;
}

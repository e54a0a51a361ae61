import type { DeliveryFacts, HeldDelivery } from '../domain/delivery-record.ts';
import { type DeliveryTask, taskMessage } from '../domain/delivery-task.ts';
import { isForEarlierEndpoint } from '../domain/endpoint-generation.ts';
import { dueAfterCreation } from '../domain/retry-schedule.ts';
import {
  later,
  type Seconds,
  seconds,
  secondsUntil,
  toUnixSeconds,
  type UnixMillis,
} from '../domain/time.ts';
import { answerForMissing, type MissingPorts } from './missing-record.ts';
import type { OutboundPorts } from './ports.ts';
import { acknowledge, type QueueAnswer } from './queue-answer.ts';

export type HoldPorts = Pick<
  OutboundPorts<'DeliveriesDiscarded'>,
  'now' | 'endpoints' | 'deliveries' | 'sendTask' | 'telemetry'
>;

export type CountHeldPorts = Pick<OutboundPorts<'DeliveriesHeld'>, 'telemetry'>;

/** The sweep checks a held delivery's endpoint after this, doubling to a day, since the process that enabled it may have died. */
const firstHeldCheck = seconds(3_600);
const longestHeldCheck = seconds(86_400);
/** A delivery that is held longer than this is discarded. */
export const longestHold = seconds(30 * 86_400);

/** When the sweep looks at a held delivery's endpoint. */
export const heldCheckAt = (now: UnixMillis, sweeps: number): UnixMillis =>
  later(now, seconds(Math.min(firstHeldCheck * 2 ** sweeps, longestHeldCheck)));

export const endpointDeletedReason = 'its endpoint was deleted';
export const testNotHeldReason =
  'its endpoint is disabled, and a test is not held: enable it, and test again';

/** Holds a delivery whose endpoint is disabled, instead of trying it. */
export async function holdDelivery(
  task: DeliveryTask,
  retention: Seconds,
  ports: HoldPorts & MissingPorts & CountHeldPorts,
): Promise<QueueAnswer> {
  const { deliveryId: id, tenant, endpointId } = task;
  const now = ports.now();
  const write = await ports.deliveries.hold({ id, tenant, endpointId }, now, heldCheckAt(now, 0));
  const { delivery } = write;
  if (delivery === undefined) return answerForMissing(task, ports);
  if (write.ok) {
    logDelivery(delivery, 'delivery.held', {}, ports);
    ports.telemetry.count('DeliveriesHeld', {});
  } else if (delivery.status === 'pending') {
    return { kind: 'fail', after: secondsUntil(delivery.leaseUntil ?? now, now) };
  }
  if (delivery.status === 'held') await recheckHeld(delivery, retention, ports);
  return acknowledge;
}

/**
 * Checks the endpoint of a held delivery again. A process that enabled it meanwhile may not have seen this delivery among
 * the held ones.
 *
 * @returns whether it is still held
 */
export async function recheckHeld(
  delivery: HeldDelivery,
  retention: Seconds,
  ports: HoldPorts,
): Promise<boolean> {
  const endpoint = await ports.endpoints.read(delivery.tenant, delivery.endpointId);
  if (endpoint === undefined || isForEarlierEndpoint(delivery, endpoint)) {
    await discardDelivery(delivery, endpointDeletedReason, retention, ports);
  } else if (endpoint.status === 'enabled') {
    await releaseDelivery(delivery, ports);
  } else if (later(delivery.heldAt, longestHold) <= ports.now()) {
    await discardDelivery(delivery, 'held for 30 days, its endpoint disabled', retention, ports);
  } else {
    return true;
  }
  return false;
}

/** Sends a held delivery again as if it were new. The sweep replaces a task that gets lost. */
async function releaseDelivery(seen: HeldDelivery, ports: HoldPorts): Promise<void> {
  const now = ports.now();
  const dueAt = dueAfterCreation(now);
  const { ok, delivery } = await ports.deliveries.release(seen, now, dueAt);
  // Our own earlier write refused this one: its response was lost and the client repeated it.
  const isReleased = ok || (delivery?.status === 'pending' && delivery.dueAt === dueAt);
  if (!isReleased || delivery === undefined) return;
  await ports.sendTask(taskMessage({ deliveryId: delivery.id, attempt: delivery.attempts + 1 }, delivery));
  logDelivery(delivery, 'delivery.released', {}, ports);
}

/** Ends a delivery that cannot be tried any more. @returns the queue answer for its task; undefined when there is no delivery */
export async function discardDelivery(
  seen: Pick<DeliveryFacts, 'id' | 'tenant' | 'endpointId' | 'generation'>,
  reason: string,
  retention: Seconds,
  ports: HoldPorts,
): Promise<QueueAnswer | undefined> {
  const now = ports.now();
  const expiresAt = toUnixSeconds(later(now, retention));
  const { ok, delivery } = await ports.deliveries.discard(seen, reason, now, expiresAt);
  if (delivery === undefined) return undefined;
  if (ok) logDiscarded(delivery, reason, ports);
  // A worker has it.
  if (delivery.status === 'pending')
    return { kind: 'fail', after: secondsUntil(delivery.leaseUntil ?? now, now) };
  return acknowledge;
}

export function logDiscarded(
  delivery: DeliveryFacts,
  reason: string,
  ports: Pick<HoldPorts, 'telemetry'>,
): void {
  logDelivery(delivery, 'delivery.discarded', { reason }, ports);
  ports.telemetry.count('DeliveriesDiscarded', {});
}

function logDelivery(
  { id, eventId, eventType, tenant, endpointId, correlationId }: DeliveryFacts,
  line: string,
  more: Readonly<Record<string, string>>,
  { telemetry }: Pick<HoldPorts, 'telemetry'>,
): void {
  telemetry.info(line, { deliveryId: id, eventId, eventType, tenant, endpointId, correlationId, ...more });
}

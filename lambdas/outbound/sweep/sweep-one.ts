import { type DueDelivery, isDue, isUnfinished, type PendingDelivery } from '../../domain/delivery-record.ts';
import { type TaskMessage, taskMessage } from '../../domain/delivery-task.ts';
import { asError } from '../../domain/errors.ts';
import type { DeliveryId } from '../../domain/ids.ts';
import { eventExpiry, outboundEventKey } from '../../domain/outbound-event.ts';
import { dueAfterCreation, dueAfterSweep, maxQueueDelay, sweepAt } from '../../domain/retry-schedule.ts';
import { days, later, type Seconds, seconds, secondsUntil, type UnixMillis } from '../../domain/time.ts';
import { type DeadLetterPorts, deadLetterDelivery } from '../dead-letter.ts';
import { type HoldPorts, heldCheckAt, recheckHeld } from '../hold-delivery.ts';
import type { OutboundPorts } from '../ports.ts';

export type SweepOnePorts = DeadLetterPorts &
  HoldPorts &
  Pick<OutboundPorts<'WorkErrored'>, 'events' | 'telemetry'>;

/** What the sweep did about one delivery. */
export type SweepResult =
  | { readonly kind: 'task'; readonly task: TaskMessage; readonly isNeverAttempted: boolean }
  | { readonly kind: 'dead-letter' | 'nothing' | 'error' };

/** The sweep looks again this long after a lease, since its worker may be about to record. */
const leaseGrace = seconds(60);

/** An error skips this delivery only. */
export async function sweepOne(
  id: DeliveryId,
  retention: Seconds,
  ports: SweepOnePorts,
): Promise<SweepResult> {
  try {
    const delivery = await ports.deliveries.read(id);
    const now = ports.now();
    // The index is eventually consistent.
    if (delivery === undefined || !isDue(delivery) || delivery.dueAt > now) return { kind: 'nothing' };
    return await sweepByStatus(await withEvent(delivery, now, retention, ports), { now, retention, ports });
  } catch (error) {
    ports.telemetry.error('sweep.errored', { deliveryId: id }, asError(error));
    ports.telemetry.count('WorkErrored', {});
    return { kind: 'error' };
  }
}

/** How much longer than its deliveries an event is kept. */
const eventMargin = days(2);

/** Unfinished records do not expire, however long they take. */
async function withEvent(
  delivery: DueDelivery,
  now: UnixMillis,
  retention: Seconds,
  ports: SweepOnePorts,
): Promise<DueDelivery> {
  const { tenant, eventId, eventExpiresAt, eventKeptFor } = delivery;
  if (!isUnfinished(delivery) || eventExpiresAt > eventExpiry(now, seconds(retention + eventMargin)))
    return delivery;
  const until = eventExpiry(now, eventKeptFor);
  await ports.events.keep(outboundEventKey(tenant, eventId), until, now);
  return { ...delivery, eventExpiresAt: until };
}

async function sweepByStatus(
  delivery: DueDelivery,
  {
    now,
    retention,
    ports,
  }: { readonly now: UnixMillis; readonly retention: Seconds; readonly ports: SweepOnePorts },
): Promise<SweepResult> {
  const { sweeps, eventExpiresAt } = delivery;
  const moveTo = (next: UnixMillis, count: number) =>
    ports.deliveries.moveDue(delivery, next, count, eventExpiresAt);
  switch (delivery.status) {
    case 'pending': {
      const turn = nextCheckAt(delivery, now);
      if (turn !== undefined) {
        await moveTo(turn, sweeps);
        return { kind: 'nothing' };
      }
      const { ok, delivery: moved } = await moveTo(dueAfterSweep(sweeps, now), sweeps + 1);
      return ok && moved.status === 'pending' ? taskFor(moved, now, ports) : { kind: 'nothing' };
    }
    case 'failed': {
      const { ok, delivery: moved } = await moveTo(dueAfterSweep(sweeps, now), sweeps + 1);
      if (!ok || moved.status !== 'failed') return { kind: 'nothing' };
      await deadLetterDelivery(moved, ports);
      return { kind: 'dead-letter' };
    }
    case 'held': {
      const { ok, delivery: moved } = await moveTo(heldCheckAt(now, sweeps + 1), sweeps + 1);
      if (ok && moved.status === 'held') await recheckHeld(moved, retention, ports);
      return { kind: 'nothing' };
    }
  }
}

/** When to check a delivery again that needs nothing now, because a worker has it or it is not due yet. */
function nextCheckAt(
  { leaseUntil, nextAttemptAt }: PendingDelivery,
  now: UnixMillis,
): UnixMillis | undefined {
  if (leaseUntil !== undefined && leaseUntil > now) return later(leaseUntil, leaseGrace);
  const isFarOff = nextAttemptAt !== undefined && secondsUntil(nextAttemptAt, now) > maxQueueDelay;
  return isFarOff ? sweepAt(nextAttemptAt) : undefined;
}

function taskFor(delivery: PendingDelivery, now: UnixMillis, { telemetry }: SweepOnePorts): SweepResult {
  const { id, attempts, claims, nextAttemptAt, eventId, tenant, endpointId, correlationId } = delivery;
  const wasDeferred = nextAttemptAt !== undefined && dueAfterCreation(nextAttemptAt) > now;
  const isNeverAttempted = attempts === 0 && claims === 0 && !wasDeferred;
  const task = taskMessage(
    { deliveryId: id, attempt: attempts + 1 },
    delivery,
    secondsUntil(nextAttemptAt ?? now, now),
  );
  const line = isNeverAttempted ? 'delivery.never-attempted' : 'delivery.resent';
  telemetry.warn(line, { deliveryId: id, eventId, tenant, endpointId, correlationId, attempt: attempts + 1 });
  return { kind: 'task', task, isNeverAttempted };
}

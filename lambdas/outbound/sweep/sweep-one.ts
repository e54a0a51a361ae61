import { type DueDelivery, isDue, isUnfinished, type PendingDelivery } from '../../domain/delivery-record.ts';
import { asError } from '../../domain/errors.ts';
import type { DeliveryId } from '../../domain/ids.ts';
import { dueAfterCreation, dueAfterSweep, maxQueueDelay, sweepAt } from '../../domain/retry-schedule.ts';
import { later, type Seconds, secondsUntil, type UnixMillis } from '../../domain/time.ts';
import { type DeadLetterPorts, deadLetterDelivery } from '../dead-letter.ts';
import { type HoldPorts, heldCheckAt, recheckHeld } from '../hold-delivery.ts';
import type { OutboundPorts } from '../ports.ts';
import { keepEvent, type ResentTask, resend } from './resend.ts';
import { leaseGrace } from './sweep-manifests.ts';

export type SweepOnePorts = DeadLetterPorts &
  HoldPorts &
  Pick<OutboundPorts<'WorkErrored'>, 'events' | 'telemetry'>;

/** What the sweep did about one delivery. */
export type SweepResult = ResentTask | { readonly kind: 'dead-letter' | 'nothing' | 'error' };

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

/** Keeps the event of an unfinished delivery. */
async function withEvent(
  delivery: DueDelivery,
  now: UnixMillis,
  retention: Seconds,
  ports: SweepOnePorts,
): Promise<DueDelivery> {
  if (!isUnfinished(delivery)) return delivery;
  return { ...delivery, eventExpiresAt: await keepEvent(delivery, now, retention, ports) };
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

function taskFor(delivery: PendingDelivery, now: UnixMillis, ports: SweepOnePorts): SweepResult {
  const { attempts, claims, nextAttemptAt } = delivery;
  const wasDeferred = nextAttemptAt !== undefined && dueAfterCreation(nextAttemptAt) > now;
  const isNeverAttempted = attempts === 0 && claims === 0 && !wasDeferred;
  return resend(delivery, isNeverAttempted, secondsUntil(nextAttemptAt ?? now, now), ports);
}

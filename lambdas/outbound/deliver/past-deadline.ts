import type { Failure } from '../../domain/delivery-failure.ts';
import type { DeliveryFacts, PendingDelivery } from '../../domain/delivery-record.ts';
import { maxQueueDelay } from '../../domain/retry-schedule.ts';
import { later, seconds, type UnixMillis, unixMillis } from '../../domain/time.ts';

/**
 * Says why a delivery past its deadline ends: through its endpoint's fault, or ours if it was `unready` last.
 *
 * @returns undefined when the delay is our fault, so that the delivery is still tried
 */
export function pastDeadline(delivery: PendingDelivery): Failure | undefined {
  if (isLate(delivery)) return undefined;
  const { attempts, lastError, cause } = delivery;
  const last = lastError === undefined ? '' : `; last: ${lastError}`;
  return {
    cause: cause === 'unready' ? cause : 'deadline',
    reason: `past its deadline before attempt ${attempts + 1}${last}`,
  };
}

/**
 * Whether it is our fault that a delivery passed its deadline: it was due well before, but no worker came, or one died.
 *
 * The next attempt falls due about the deadline, or after it, if the endpoint is down or sends `Retry-After`.
 */
const isLate = ({ crashes, nextAttemptAt, deadline }: PendingDelivery): boolean =>
  crashes > 0 || nextAttemptAt === undefined || later(nextAttemptAt, maxQueueDelay) < deadline;

/** The new deadline, as of a new round, of a delivery that is late through our fault. @returns undefined when the old one stands */
export const renewedDeadline = (delivery: PendingDelivery, now: UnixMillis): UnixMillis | undefined =>
  isLateAt(delivery, now) ? unixMillis(now + delivery.lifetime) : undefined;

const isLateAt = (delivery: PendingDelivery, now: UnixMillis): boolean =>
  now >= delivery.deadline && isLate(delivery);

/** The queue delivers a task within this time after it is due. */
const spare = seconds(3_600);

/** Whether a delivery could pass its deadline on the way to its next attempt. */
export const isNearDeadline = ({ deadline }: Pick<DeliveryFacts, 'deadline'>, now: UnixMillis): boolean =>
  deadline <= nearDeadline(now);

/** A deadline later than this is not near. */
export const nearDeadline = (now: UnixMillis): UnixMillis => later(now, spare);

/**
 * The deadline that leaves time for an attempt after a deferral near the deadline.
 *
 * A delivery gets that time if it waits for a slot, or if we are late with it. It does not if it waits for its endpoint, or
 * if something of ours (`unready`) kept it from its attempt until its deadline.
 *
 * @returns undefined when the deadline moves as after every deferral
 */
export function deadlineForSlot(
  delivery: PendingDelivery,
  {
    now,
    until,
    isForEndpoint,
  }: { readonly now: UnixMillis; readonly until: UnixMillis; readonly isForEndpoint: boolean },
): UnixMillis | undefined {
  const waitsForSlot = !isForEndpoint && delivery.cause !== 'unready';
  return waitsForSlot || isLateAt(delivery, now) ? later(until, spare) : undefined;
}

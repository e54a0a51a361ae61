import type { Delivery } from '../domain/delivery-record.ts';
import { maxQueueDelay } from '../domain/retry-schedule.ts';
import { later, seconds, type UnixMillis, unixMillis } from '../domain/time.ts';
import type { Failure } from './record-attempt.ts';

/**
 * Why a delivery ends that is past its deadline: what it waited for last, its endpoint or something of ours.
 *
 * @returns undefined when it is late by our fault, so that it is tried all the same
 */
export function pastDeadline(delivery: Delivery): Failure | undefined {
  if (isLate(delivery)) return undefined;
  const { attempts, lastError, cause } = delivery;
  const last = lastError === undefined ? '' : `; last: ${lastError}`;
  return {
    cause: cause === 'unready' ? cause : 'deadline',
    reason: `past its deadline before attempt ${attempts + 1}${last}`,
  };
}

/**
 * Whether it is our fault that a delivery passed its deadline: it was due well before, and no worker came, or one died. An
 * endpoint that is down, or asks for patience, makes the next attempt fall due about the deadline or after it.
 */
const isLate = ({ crashes, nextAttemptAt, deadline }: Delivery): boolean =>
  crashes > 0 || nextAttemptAt === undefined || later(nextAttemptAt, maxQueueDelay) < deadline;

/** The deadline of a delivery that is tried though it is late: as of a new round. @returns undefined when it stands */
export const renewedDeadline = (delivery: Delivery, now: UnixMillis): UnixMillis | undefined =>
  isLateBy(delivery, now) ? unixMillis(now + delivery.lifetime) : undefined;

const isLateBy = (delivery: Delivery, now: UnixMillis): boolean =>
  now >= delivery.deadline && isLate(delivery);

/** Longer than what a queue may take to bring a task. */
const spare = seconds(3_600);

/** Whether a delivery could pass its deadline on the way to its next attempt. */
export const isNearDeadline = ({ deadline }: Pick<Delivery, 'deadline'>, now: UnixMillis): boolean =>
  deadline <= nearDeadline(now);

/** A deadline later than this is not near. */
export const nearDeadline = (now: UnixMillis): UnixMillis => later(now, spare);

/**
 * The deadline that leaves time for an attempt, for one near its deadline that is put off; undefined: it moves as usual.
 *
 * Its turn is worth waiting for, but not to one that a fault of ours keeps from its attempt: that has had its time.
 */
export function deadlineForTurn(
  delivery: Delivery,
  {
    now,
    until,
    isForEndpoint,
  }: { readonly now: UnixMillis; readonly until: UnixMillis; readonly isForEndpoint: boolean },
): UnixMillis | undefined {
  const waitsForTurn = !isForEndpoint && delivery.cause !== 'unready';
  return waitsForTurn || isLateBy(delivery, now) ? later(until, spare) : undefined;
}

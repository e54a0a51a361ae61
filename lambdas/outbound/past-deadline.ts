import type { FailureCause } from '../domain/delivery-failure.ts';
import type { Delivery } from '../domain/delivery-record.ts';
import { maxQueueDelay } from '../domain/retry-schedule.ts';
import { later } from '../domain/time.ts';
import type { Failure } from './record-attempt.ts';

/** Why a delivery ends that is past its deadline. */
export function pastDeadline(delivery: Delivery): Failure {
  const { attempts, lastError } = delivery;
  const last = lastError === undefined ? '' : `; last: ${lastError}`;
  return {
    cause: causeOf(delivery),
    reason: `past its deadline before attempt ${attempts + 1}${last}`,
  };
}

/**
 * Whose fault it was. A worker that died is ours. An endpoint that asks for patience, or is down, makes the next attempt fall due about the deadline
 * or after it. One that was due well before it found no worker.
 */
function causeOf({ cause, crashes, nextAttemptAt, deadline }: Delivery): FailureCause {
  if (crashes > 0) return 'crashed';
  if (cause === 'unready') return cause;
  const wasDueInTime = nextAttemptAt === undefined || later(nextAttemptAt, maxQueueDelay) < deadline;
  return wasDueInTime ? 'late' : 'deadline';
}

import { type AttemptOutcome, describeOutcome } from '../../domain/attempt-outcome.ts';
import type { NextStep } from '../../domain/delivery.ts';
import type { FailureCause } from '../../domain/delivery-failure.ts';
import {
  type AttemptEntry,
  type AttemptRecord,
  type ClaimedDelivery,
  type Delivery,
  type DeliveryFacts,
  type DeliveryOf,
  type FailureRecord,
  type Fence,
  type RetryRecord,
  type SuccessEntry,
  withEntry,
} from '../../domain/delivery-record.ts';
import { taskMessage } from '../../domain/delivery-task.ts';
import { asError } from '../../domain/errors.ts';
import { dueForRetry } from '../../domain/retry-schedule.ts';
import { later, millis, type Seconds, seconds, toUnixSeconds, type UnixMillis } from '../../domain/time.ts';
import type { OutboundPorts } from '../ports.ts';
import { renewedDeadline } from './past-deadline.ts';

export type AttemptRecordPorts = Pick<
  OutboundPorts,
  'now' | 'deliveries' | 'sendTask' | 'pause' | 'telemetry'
>;

/** The result of recording. */
export type RecordResult<After extends Delivery = Delivery> =
  | { readonly kind: 'recorded'; readonly delivery: After }
  /** Another worker has recorded this attempt or ended the delivery. */
  | { readonly kind: 'superseded' }
  /** Another worker holds the claim. */
  | { readonly kind: 'lost'; readonly until: UnixMillis }
  /** A success could not be written; a task on the queue writes it later. */
  | { readonly kind: 'queued' };

/** By then the last effects of a failed delivery are done, unless its worker died. */
const deadLetterGrace = seconds(60);
const pausesBeforeWritingAgain = [millis(200), millis(1000)];

/**
 * Records an attempt that did not succeed, or how a claim ended without one. Only the owner of the claim can.
 *
 * @param attempt the one that the claim was for
 */
export async function recordFenced<Outcome extends AttemptRecord>(
  fence: Fence,
  record: Outcome,
  attempt: number,
  ports: AttemptRecordPorts,
): Promise<RecordResult<DeliveryOf<Outcome['status']>>> {
  const write = await ports.deliveries.record(fence, record);
  if (write.ok) return { kind: 'recorded', delivery: write.delivery };
  const { delivery } = write;
  if (delivery === undefined) return { kind: 'superseded' };
  if (isOwnRecord(delivery, fence, record)) return { kind: 'recorded', delivery };
  const isSuperseded = delivery.status !== 'pending' || delivery.attempts >= attempt;
  return isSuperseded ? { kind: 'superseded' } : { kind: 'lost', until: delivery.leaseUntil ?? ports.now() };
}

/** The response to our own write was lost, and the client repeated it. */
const isOwnRecord = <Outcome extends AttemptRecord>(
  delivery: Delivery,
  fence: Fence,
  record: Outcome,
): delivery is DeliveryOf<Outcome['status']> =>
  delivery.claims === fence.claims &&
  delivery.round === fence.round &&
  delivery.status === record.status &&
  delivery.attempts === record.attempts &&
  delivery.lastAttemptAt === record.lastAttemptAt;

/**
 * Records a success, even when another worker has claimed the delivery since.
 *
 * Repeats the write while the invocation lasts. Then a task on the queue records it, without another request.
 *
 * @throws when the queue cannot take it either
 */
export async function recordSuccess(
  delivery: DeliveryFacts,
  entry: SuccessEntry,
  retention: Seconds,
  ports: AttemptRecordPorts,
): Promise<RecordResult> {
  for (const pause of [...pausesBeforeWritingAgain, undefined]) {
    try {
      return await writeSuccess(delivery, entry, retention, ports);
    } catch (error) {
      ports.telemetry.warn('delivery.record-failed', {
        deliveryId: delivery.id,
        reason: asError(error).message,
      });
      if (pause !== undefined) await ports.pause(pause);
    }
  }
  const { claims, round } = delivery;
  const success = { at: entry.at, ms: entry.ms, status: entry.status };
  const seen = { claims, round, success };
  await ports.sendTask(taskMessage({ deliveryId: delivery.id, attempt: entry.n, seen }, delivery));
  return { kind: 'queued' };
}

/** One try to write a success. */
export async function writeSuccess(
  delivery: Fence & Pick<DeliveryFacts, 'attemptLog'>,
  entry: SuccessEntry,
  retention: Seconds,
  ports: AttemptRecordPorts,
): Promise<RecordResult> {
  const expiresAt = toUnixSeconds(later(ports.now(), retention));
  const result = await recordFenced(
    delivery,
    {
      status: 'delivered',
      attempts: entry.n,
      attemptLog: withEntry(delivery.attemptLog, entry),
      lastAttemptAt: entry.at,
      expiresAt,
    },
    entry.n,
    ports,
  );
  if (result.kind === 'recorded') return result;
  const late = await ports.deliveries.recordLateSuccess(delivery, entry, expiresAt);
  // Refused by a success that is there: perhaps our own, whose answer was lost.
  const isThere = late.delivery?.status === 'delivered' && late.delivery.round === delivery.round;
  return late.delivery && (late.ok || isThere)
    ? { kind: 'recorded', delivery: late.delivery }
    : { kind: 'superseded' };
}

/** The changes of the record after an attempt that did not succeed. */
export function recordOf(
  delivery: ClaimedDelivery,
  entry: AttemptEntry,
  outcome: AttemptOutcome,
  next: Exclude<NextStep, { kind: 'delivered' }>,
  retention: Seconds,
  now: UnixMillis,
): RetryRecord | FailureRecord {
  const attempt = {
    attempts: entry.n,
    attemptLog: withEntry(delivery.attemptLog, entry),
    lastAttemptAt: entry.at,
    lastError: describeOutcome(outcome),
  };
  if (next.kind === 'fail') return { ...attempt, ...failedFrom(next, now, retention) };
  const nextAttemptAt = later(now, next.delay);
  const deadline = renewedDeadline(delivery, now);
  return {
    ...attempt,
    status: 'pending',
    nextAttemptAt,
    waitsSince: now,
    dueAt: dueForRetry(nextAttemptAt, next.delay),
    ...(deadline !== undefined && { deadline }),
  };
}

/** The changes of the record when a delivery ends without an attempt. */
export const failureWithoutAttempt = (
  { attempts, attemptLog, lastAttemptAt }: ClaimedDelivery,
  failure: Failure,
  retention: Seconds,
  now: UnixMillis,
): FailureRecord => ({ attempts, attemptLog, lastAttemptAt, ...failedFrom(failure, now, retention) });

/** Why a delivery ends: the cause, which says whose fault it is, and a text. */
export interface Failure {
  readonly cause: FailureCause;
  readonly reason: string;
}

/** The dead letter is sent at once; if that is not done soon, the sweep sends it. */
const failedFrom = ({ cause, reason }: Failure, now: UnixMillis, retention: Seconds) => ({
  status: 'failed' as const,
  cause,
  lastError: reason,
  dueAt: later(now, deadLetterGrace),
  expiresAt: toUnixSeconds(later(now, retention)),
});

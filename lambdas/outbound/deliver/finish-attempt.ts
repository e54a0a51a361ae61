import {
  type AttemptOutcome,
  briefOutcome,
  describeOutcome,
  statusLabel,
} from '../../domain/attempt-outcome.ts';
import { type NextStep, nextStep } from '../../domain/delivery.ts';
import type {
  AttemptEntry,
  ClaimedDelivery,
  DiscardRecord,
  RetryRecord,
} from '../../domain/delivery-record.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import { dueAfterCreation, dueForRetry } from '../../domain/retry-schedule.ts';
import { later, seconds, secondsUntil, toUnixSeconds, type UnixMillis } from '../../domain/time.ts';
import { type DeadLetterPorts, deadLetterDelivery } from '../dead-letter.ts';
import { type HoldPorts, logDiscarded } from '../hold-delivery.ts';
import type { MissingPorts } from '../missing-record.ts';
import type { OutboundPorts } from '../ports.ts';
import { acknowledge, type QueueAnswer } from '../queue-answer.ts';
import { sendTaskAfter } from '../send-task-after.ts';
import { renewedDeadline } from './past-deadline.ts';
import {
  type AttemptRecordPorts,
  type Failure,
  failureWithoutAttempt,
  type RecordResult,
  recordFenced,
  recordOf,
  recordSuccess,
} from './record-attempt.ts';

export type FinishPorts = AttemptRecordPorts &
  DeadLetterPorts &
  HoldPorts &
  MissingPorts &
  Pick<
    OutboundPorts<'WebhookDeliveryAttempts' | 'AttemptsFailed' | 'DeliveriesNeverAttempted'>,
    'random' | 'memoryOf' | 'telemetry'
  >;

/** An attempt that was made. */
export interface Attempt {
  readonly delivery: ClaimedDelivery;
  readonly outcome: AttemptOutcome;
  readonly startedAt: UnixMillis;
  /** What the task contained, for the next one. */
  readonly payload?: string;
}

/**
 * Decides what follows an attempt, records it, and does it.
 *
 * The order matters: everything after the record can be repeated from it, by the due index.
 */
export async function finishAttempt(
  attempt: Attempt,
  settings: OutboundSettings,
  ports: FinishPorts,
): Promise<QueueAnswer> {
  const { delivery, outcome } = attempt;
  const entry = entryOf(attempt, ports.now());
  const next = nextStep(outcome, entry.n - delivery.attemptsBefore, settings, ports.random());
  const retention = settings.deliveryRetention;
  const result =
    next.kind === 'delivered'
      ? await recordSuccess(delivery, { ...entry, status: next.status }, retention, ports)
      : await recordFenced(
          delivery,
          recordOf(delivery, entry, outcome, next, retention, ports.now()),
          entry.n,
          ports,
        );
  report(attempt, entry, next, result, settings, ports);
  return followUp(attempt, entry, next, result, ports);
}

/** Ends a claimed delivery for which no attempt may be made any more. */
export async function endWithoutAttempt(
  delivery: ClaimedDelivery,
  failure: Failure,
  settings: OutboundSettings,
  ports: FinishPorts,
): Promise<QueueAnswer> {
  const record = failureWithoutAttempt(delivery, failure, settings.deliveryRetention, ports.now());
  const result = await recordFenced(delivery, record, delivery.attempts + 1, ports);
  if (result.kind === 'recorded') await deadLetterDelivery(result.delivery, ports);
  return queueAnswerFor(result, ports.now());
}

/** Discards a claimed delivery whose endpoint is gone. */
export async function discardClaimed(
  delivery: ClaimedDelivery,
  reason: string,
  { deliveryRetention }: OutboundSettings,
  ports: FinishPorts,
): Promise<QueueAnswer> {
  const { attempts, attemptLog, lastAttemptAt } = delivery;
  const expiresAt = toUnixSeconds(later(ports.now(), deliveryRetention));
  const record: DiscardRecord = {
    status: 'discarded',
    attempts,
    attemptLog,
    lastAttemptAt,
    lastError: reason,
    expiresAt,
  };
  const result = await recordFenced(delivery, record, attempts + 1, ports);
  if (result.kind === 'recorded') logDiscarded(result.delivery, reason, ports);
  return queueAnswerFor(result, ports.now());
}

/** The delay before a postponed attempt looks again for what was missing. */
const unreadyDelay = seconds(60);

/** Gives up a claim without an attempt, by a fault of our own. Counts no crash; the deadline stands, unless we were late. */
export async function postponeUnready(
  { delivery, payload }: Pick<Attempt, 'delivery' | 'payload'>,
  error: Error,
  ports: FinishPorts,
): Promise<QueueAnswer> {
  const { id, attempts, attemptLog, lastAttemptAt, createdAt, endpointId } = delivery;
  const now = ports.now();
  const nextAttemptAt = later(now, unreadyDelay);
  const deadline = renewedDeadline(delivery, now);
  const record: RetryRecord = {
    status: 'pending',
    attempts,
    attemptLog,
    lastAttemptAt,
    lastError: `not sent: ${error.name}: ${error.message}`,
    cause: 'unready',
    nextAttemptAt,
    waitsSince: now,
    dueAt: dueForRetry(nextAttemptAt, unreadyDelay),
    ...(deadline !== undefined && { deadline }),
  };
  const result = await recordFenced(delivery, record, attempts + 1, ports);
  ports.telemetry.error('delivery.postponed', { deliveryId: id, endpointId }, error);
  if (attempts === 0 && dueAfterCreation(createdAt) <= now)
    ports.telemetry.count('DeliveriesNeverAttempted', {});
  if (result.kind === 'recorded')
    await sendTaskAfter(unreadyDelay, { deliveryId: id, attempt: attempts + 1, payload }, delivery, ports);
  return queueAnswerFor(result, ports.now());
}

async function followUp(
  { delivery, payload }: Attempt,
  { n }: AttemptEntry,
  next: NextStep,
  result: RecordResult,
  ports: FinishPorts,
): Promise<QueueAnswer> {
  if (result.kind === 'recorded') {
    if (result.delivery.status === 'failed') await deadLetterDelivery(result.delivery, ports);
    if (next.kind === 'retry')
      await sendTaskAfter(next.delay, { deliveryId: delivery.id, attempt: n + 1, payload }, delivery, ports);
  }
  return queueAnswerFor(result, ports.now());
}

/** A worker that lost its claim acknowledges the message only if another worker has already recorded this attempt. */
const queueAnswerFor = (result: RecordResult, now: UnixMillis): QueueAnswer =>
  result.kind === 'lost'
    ? { kind: 'fail', after: seconds(Math.max(1, secondsUntil(result.until, now))) }
    : acknowledge;

function entryOf({ delivery, outcome, startedAt }: Attempt, endedAt: UnixMillis): AttemptEntry {
  const attempt = { n: delivery.attempts + 1, at: startedAt, ms: Math.round(endedAt - startedAt) };
  const location = outcome.kind === 'refused' ? outcome.location : undefined;
  const phase = outcome.kind === 'unreachable' ? outcome.phase : undefined;
  return 'status' in outcome
    ? { ...attempt, status: outcome.status, location, sample: outcome.sample }
    : { ...attempt, error: describeOutcome(outcome), phase };
}

/** Logs and counts one attempt, without the URL, which may contain a secret. */
function report(
  { delivery, outcome }: Attempt,
  { n, ms, at }: AttemptEntry,
  next: NextStep,
  result: RecordResult,
  { endpointMetrics }: OutboundSettings,
  { telemetry }: FinishPorts,
): void {
  const { id, eventId, eventType, tenant, endpointId, correlationId, createdAt, round } = delivery;
  const status = statusLabel(outcome);
  telemetry.count('WebhookDeliveryAttempts', { status });
  if (outcome.kind !== 'accepted') telemetry.count('AttemptsFailed', {});
  if (endpointMetrics) telemetry.count('WebhookDeliveryAttempts', { endpoint: endpointId, status });
  telemetry.info('delivery.attempted', {
    deliveryId: id,
    eventId,
    eventType,
    tenant,
    endpointId,
    correlationId,
    round,
    attempt: n,
    durationMs: ms,
    ageMs: at - createdAt,
    outcome: briefOutcome(outcome),
    next: next.kind,
    delaySeconds: next.kind === 'retry' ? next.delay : undefined,
    record: result.kind,
  });
}

import { briefOutcome, statusLabel } from '../../domain/attempt-outcome.ts';
import type {
  AttemptRecord,
  ClaimedDelivery,
  Delivery,
  DeliveryFacts,
  DeliveryOf,
  Fence,
  SuccessEntry,
  SuccessRecord,
} from '../../domain/delivery-record.ts';
import { type DeliveryTask, taskMessage } from '../../domain/delivery-task.ts';
import { asError } from '../../domain/errors.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import { dueAfterCreation } from '../../domain/retry-schedule.ts';
import { millis, seconds, secondsUntil, type UnixMillis, unixMillis } from '../../domain/time.ts';
import { type DeadLetterPorts, deadLetterDelivery } from '../dead-letter.ts';
import { type HoldPorts, logDiscarded } from '../hold-delivery.ts';
import { answerForMissing, type MissingPorts } from '../missing-record.ts';
import type { OutboundPorts } from '../ports.ts';
import { acknowledge, type QueueAnswer } from '../queue-answer.ts';
import { sendTaskAfter } from '../send-task-after.ts';
import { type ClaimEnd, type Plan, succeeded } from './plan-after.ts';

type RecordPorts = Pick<OutboundPorts, 'now' | 'deliveries' | 'sendTask' | 'pause' | 'telemetry'>;

export type FinishPorts = RecordPorts &
  DeadLetterPorts &
  HoldPorts &
  Pick<OutboundPorts, 'memoryOf'> &
  Pick<OutboundPorts<'WebhookDeliveryAttempts' | 'AttemptsFailed' | 'DeliveriesNeverAttempted'>, 'telemetry'>;

/** A claimed delivery and what its task contained, for the next one. */
export interface ClaimedWork {
  readonly delivery: ClaimedDelivery;
  readonly payload?: string;
  /** Stays with the next task if the request was cut. */
  readonly byHand?: DeliveryTask['byHand'];
}

/** The result of recording. */
type RecordResult<After extends Delivery = Delivery> =
  | { readonly kind: 'recorded'; readonly delivery: After }
  /** Another worker has recorded this attempt or ended the delivery. */
  | { readonly kind: 'superseded' }
  /** Another worker holds the claim. */
  | { readonly kind: 'lost'; readonly until: UnixMillis }
  /** A success could not be written; a task on the queue writes it later. */
  | { readonly kind: 'queued' };

/**
 * Ends a claim: records it under the fence, does what follows, and answers the queue.
 *
 * The order matters: everything after the record can be repeated from it, by the due index.
 */
export async function finish(
  { delivery, payload, byHand }: ClaimedWork,
  end: ClaimEnd,
  plan: Plan,
  settings: OutboundSettings,
  ports: FinishPorts,
): Promise<QueueAnswer> {
  const result =
    plan.kind === 'delivered'
      ? await recordSuccess(delivery, plan, ports)
      : await recordFenced(delivery, plan.record, delivery.attempts + 1, ports);
  report(delivery, end, plan, result, settings, ports);
  if (result.kind === 'recorded') {
    if (result.delivery.status === 'failed') await deadLetterDelivery(result.delivery, ports);
    if (plan.kind === 'retry') {
      const next = { deliveryId: delivery.id, attempt: plan.record.attempts + 1, payload };
      const task = end.kind === 'cut' ? { ...next, byHand } : next;
      await sendTaskAfter(plan.delay, task, delivery, ports, plan.queue);
    }
  }
  return queueAnswerFor(result, ports.now());
}

/** A worker that lost its claim acknowledges the message only if another worker has already recorded this attempt. */
const queueAnswerFor = (result: RecordResult, now: UnixMillis): QueueAnswer =>
  result.kind === 'lost'
    ? { kind: 'fail', after: seconds(Math.max(1, secondsUntil(result.until, now))) }
    : acknowledge;

/**
 * Records how a claim ended. Only the owner of the claim can.
 *
 * @param attempt the one that the claim was for
 */
async function recordFenced<Outcome extends AttemptRecord>(
  fence: Fence,
  record: Outcome,
  attempt: number,
  ports: RecordPorts,
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

const pausesBeforeWritingAgain = [millis(200), millis(1000)];

/**
 * Records a success, even when another worker has claimed the delivery since.
 *
 * Repeats the write while the invocation lasts. Then a task on the queue records it, without another request.
 *
 * @throws when the queue cannot take it either
 */
async function recordSuccess(
  delivery: ClaimedDelivery,
  { entry, record }: Extract<Plan, { kind: 'delivered' }>,
  ports: RecordPorts,
): Promise<RecordResult> {
  const { id, claims, round } = delivery;
  for (const pause of [...pausesBeforeWritingAgain, undefined]) {
    try {
      return await writeSuccess(delivery, entry, record, ports);
    } catch (error) {
      ports.telemetry.warn('delivery.record-failed', { deliveryId: id, reason: asError(error).message });
      if (pause !== undefined) await ports.pause(pause);
    }
  }
  const success = { at: entry.at, ms: entry.ms, status: entry.status };
  const seen = { claims, round, success };
  await ports.sendTask(taskMessage({ deliveryId: id, attempt: entry.n, seen }, delivery));
  return { kind: 'queued' };
}

/** One try to write a success. */
async function writeSuccess(
  fence: Fence,
  entry: SuccessEntry,
  record: SuccessRecord,
  ports: RecordPorts,
): Promise<RecordResult> {
  const result = await recordFenced(fence, record, entry.n, ports);
  if (result.kind === 'recorded') return result;
  const late = await ports.deliveries.recordLateSuccess(fence, entry, record.expiresAt);
  // Refused by a success that is there: perhaps our own, whose answer was lost.
  const isThere = late.delivery?.status === 'delivered' && late.delivery.round === fence.round;
  return late.delivery && (late.ok || isThere)
    ? { kind: 'recorded', delivery: late.delivery }
    : { kind: 'superseded' };
}

/** Records a success that a worker saw and could not write. Sends no request. */
export async function recordUnrecordedSuccess(
  task: DeliveryTask,
  { claims, round, success }: NonNullable<DeliveryTask['seen']>,
  settings: OutboundSettings,
  ports: RecordPorts & MissingPorts,
): Promise<void> {
  const { deliveryId, attempt } = task;
  const delivery = await ports.deliveries.read(deliveryId);
  if (delivery === undefined) {
    await answerForMissing(task, ports);
    return;
  }
  const { ms, status } = success;
  const entry = { n: attempt, at: unixMillis(success.at), ms, status };
  const record = succeeded(delivery, entry, settings, ports.now());
  const result = await writeSuccess({ ...delivery, claims, round }, entry, record, ports);
  ports.telemetry.info('delivery.recorded', { deliveryId, attempt, status, record: result.kind });
}

/**
 * Logs and counts how a claim ended, without the URL, which may contain a secret. `deadLetterDelivery` reports a failure.
 *
 * A line without `round` is about the first round, one without `attempt` about the first one, and one without `record` about an
 * attempt that is recorded. That of a success leaves out what follows from the event's id and its line `event.published`.
 */
function report(
  delivery: DeliveryFacts,
  end: ClaimEnd,
  plan: Plan,
  result: RecordResult,
  { endpointMetrics }: OutboundSettings,
  ports: FinishPorts,
): void {
  const { telemetry } = ports;
  const { id: deliveryId, endpointId, attempts, createdAt } = delivery;
  if (end.kind === 'discarded' && result.kind === 'recorded')
    logDiscarded(result.delivery, end.reason, ports);
  if (end.kind === 'unready') {
    telemetry.error('delivery.postponed', { deliveryId, endpointId }, end.error);
    if (attempts === 0 && dueAfterCreation(createdAt) <= ports.now())
      telemetry.count('DeliveriesNeverAttempted', {});
  }
  if (end.kind === 'cut')
    telemetry.info('delivery.cut', { deliveryId, endpointId, durationMs: end.took, record: result.kind });
  if (end.kind !== 'made') return;
  const { outcome, startedAt, took } = end;
  const status = statusLabel(outcome);
  telemetry.count('WebhookDeliveryAttempts', { status });
  if (outcome.kind !== 'accepted') telemetry.count('AttemptsFailed', {});
  if (endpointMetrics) telemetry.count('WebhookDeliveryAttempts', { endpoint: endpointId, status });
  const { eventId, eventType, tenant, correlationId, round } = delivery;
  telemetry.info('delivery.attempted', {
    ...(plan.kind !== 'delivered' && { deliveryId, eventType, correlationId }),
    eventId,
    tenant,
    endpointId,
    round: unlessUsual(round, 1),
    attempt: unlessUsual(attempts + 1, 1),
    durationMs: Math.round(took),
    ageMs: startedAt - createdAt,
    outcome: briefOutcome(outcome),
    next: plan.kind,
    delaySeconds: plan.kind === 'retry' ? plan.delay : undefined,
    record: unlessUsual(result.kind, 'recorded'),
  });
}

/** What a line leaves out is as usual: each byte of a log is billed. */
const unlessUsual = <Value>(value: Value, usual: Value): Value | undefined =>
  value === usual ? undefined : value;

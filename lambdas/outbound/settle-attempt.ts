import {
  type AttemptOutcome,
  briefOutcome,
  describeOutcome,
  statusLabel,
} from '../domain/attempt-outcome.ts';
import { type NextStep, nextStep } from '../domain/delivery.ts';
import type { AttemptEntry, Delivery } from '../domain/delivery-record.ts';
import { taskMessage } from '../domain/delivery-task.ts';
import type { OutboundSettings } from '../domain/outbound-settings.ts';
import { dueAfterCreation, dueForRetry, maxQueueDelay } from '../domain/retry-schedule.ts';
import { later, seconds, secondsUntil, toUnixSeconds, type UnixMillis } from '../domain/time.ts';
import { buryDelivery, type EndPorts } from './end-delivery.ts';
import { type HoldPorts, tellDiscarded } from './hold-delivery.ts';
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
import { acknowledge, type Settlement } from './settlement.ts';
import type { OutboundTelemetry } from './telemetry.ts';

/** What settling needs of the outside world. */
export interface SettlePorts extends AttemptRecordPorts, EndPorts {
  readonly telemetry: HoldPorts['telemetry'] &
    OutboundTelemetry<'WebhookDeliveryAttempts' | 'AttemptsFailed' | 'DeliveriesNeverAttempted'>;
  /** From 0 to 1. */
  random(): number;
  readonly deliveries: AttemptRecordPorts['deliveries'] & EndPorts['deliveries'];
}

/** An attempt that was made. */
export interface Attempt {
  readonly delivery: Delivery;
  readonly outcome: AttemptOutcome;
  readonly startedAt: UnixMillis;
  /** What the task brought along, for the next one. */
  readonly payload?: string;
}

/**
 * Decides what follows an attempt, records it, and does it.
 *
 * In this order: what follows the record can be done again from it, by the due index.
 */
export async function settleAttempt(
  attempt: Attempt,
  settings: OutboundSettings,
  ports: SettlePorts,
): Promise<Settlement> {
  const { delivery, outcome } = attempt;
  const entry = entryOf(attempt, ports.now());
  const next = nextStep(outcome, entry.n - delivery.attemptsBefore, settings, ports.random());
  const retention = settings.deliveryRetention;
  const result =
    next.kind === 'delivered'
      ? await recordSuccess(delivery, entry, retention, ports)
      : await recordFenced(
          delivery,
          recordOf(delivery, entry, outcome, next, retention, ports.now()),
          entry.n,
          ports,
        );
  report(attempt, entry, next, result, settings, ports);
  return follow(attempt, entry, next, result, ports);
}

/** Ends a claimed delivery for which no attempt may be made any more. */
export async function endWithoutAttempt(
  delivery: Delivery,
  failure: Failure,
  settings: OutboundSettings,
  ports: SettlePorts,
): Promise<Settlement> {
  const record = failureWithoutAttempt(delivery, failure, settings.deliveryRetention, ports.now());
  const result = await recordFenced(delivery, record, delivery.attempts + 1, ports);
  if (result.kind === 'recorded') await buryDelivery(result.delivery, ports);
  return settlementOf(result, ports.now());
}

/** Ends a claimed delivery that nobody wants any more. */
export async function discardClaimed(
  delivery: Delivery,
  reason: string,
  { deliveryRetention }: OutboundSettings,
  ports: SettlePorts,
): Promise<Settlement> {
  const { attempts, attemptLog, lastAttemptAt } = delivery;
  const expiresAt = toUnixSeconds(later(ports.now(), deliveryRetention));
  const record = {
    status: 'discarded',
    attempts,
    attemptLog,
    lastAttemptAt,
    lastError: reason,
    expiresAt,
  } as const;
  const result = await recordFenced(delivery, record, attempts + 1, ports);
  if (result.kind === 'recorded') tellDiscarded(result.delivery, reason, ports);
  return settlementOf(result, ports.now());
}

/** Until what is missing for an attempt is looked for again. */
const untilReady = seconds(60);

/** Gives a claim back for which there was no attempt, by a fault of our own: no crash, and the deadline stands, unless we were late. */
export async function giveBack(
  { delivery, payload }: Pick<Attempt, 'delivery' | 'payload'>,
  error: Error,
  ports: SettlePorts,
): Promise<Settlement> {
  const { id, attempts, attemptLog, lastAttemptAt, createdAt, endpointId } = delivery;
  const now = ports.now();
  const nextAttemptAt = later(now, untilReady);
  const left = {
    attempts,
    attemptLog,
    lastAttemptAt,
    lastError: `not sent: ${error.name}: ${error.message}`,
  };
  const dueAt = dueForRetry(nextAttemptAt, untilReady);
  const again = { status: 'pending', cause: 'unready', nextAttemptAt, waitsSince: now, dueAt } as const;
  const deadline = renewedDeadline(delivery, now);
  const record = { ...left, ...again, ...(deadline !== undefined && { deadline }) };
  const result = await recordFenced(delivery, record, attempts + 1, ports);
  ports.telemetry.error('delivery.unready', { deliveryId: id, endpointId }, error);
  if (attempts === 0 && dueAfterCreation(createdAt) <= now)
    ports.telemetry.count('DeliveriesNeverAttempted', {});
  if (result.kind === 'recorded')
    await ports.sendTask(
      taskMessage({ deliveryId: id, attempt: attempts + 1, payload }, delivery, untilReady),
    );
  return settlementOf(result, ports.now());
}

async function follow(
  { delivery, payload }: Attempt,
  { n }: AttemptEntry,
  next: NextStep,
  result: RecordResult,
  ports: SettlePorts,
): Promise<Settlement> {
  if (result.kind === 'recorded') {
    if (next.kind === 'fail') await buryDelivery(result.delivery, ports);
    // What is later than SQS can carry is the sweep's to send.
    if (next.kind === 'retry' && next.delay <= maxQueueDelay) {
      await ports.sendTask(
        taskMessage({ deliveryId: delivery.id, attempt: n + 1, payload }, delivery, next.delay),
      );
    }
  }
  return settlementOf(result, ports.now());
}

/** Whose claim is not its own any more acknowledges only what somebody else has recorded. */
const settlementOf = (result: RecordResult, now: UnixMillis): Settlement =>
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

/** The wide line and the count of one attempt. The URL stays out: it may hold a secret. */
function report(
  { delivery, outcome }: Attempt,
  { n, ms, at }: AttemptEntry,
  next: NextStep,
  result: RecordResult,
  { endpointMetrics }: OutboundSettings,
  { telemetry }: SettlePorts,
): void {
  const { id, eventId, eventType, tenant, endpointId, correlationId, createdAt, round } = delivery;
  const status = statusLabel(outcome);
  telemetry.count('WebhookDeliveryAttempts', { status });
  if (outcome.kind !== 'accepted') telemetry.count('AttemptsFailed', {});
  if (endpointMetrics) telemetry.count('WebhookDeliveryAttempts', { endpoint: endpointId, status });
  telemetry.info('delivery.attempted', {
    ...{ deliveryId: id, eventId, eventType, tenant, endpointId, correlationId, round },
    ...{ attempt: n, durationMs: ms, ageMs: at - createdAt, outcome: briefOutcome(outcome) },
    ...{ next: next.kind, delaySeconds: next.kind === 'retry' ? next.delay : undefined, record: result.kind },
  });
}

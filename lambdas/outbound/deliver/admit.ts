import type { Deferral, Delivery } from '../../domain/delivery-record.ts';
import type { DeliveryWrite } from '../../domain/delivery-store.ts';
import type { DeliveryTask } from '../../domain/delivery-task.ts';
import { endpointHash, sidelined } from '../../domain/delivery-task.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { type EndpointLimits, isFailing, isSidelined, waitsForEndpoint } from '../../domain/limiter.ts';
import { type OutboundSettings, settingsFor } from '../../domain/outbound-settings.ts';
import { dueForRetry } from '../../domain/retry-schedule.ts';
import {
  type Millis,
  millis,
  type Seconds,
  seconds,
  secondsUntil,
  type UnixMillis,
} from '../../domain/time.ts';
import {
  type CountHeldPorts,
  discardDelivery,
  type HoldPorts,
  holdDelivery,
  testNotHeldReason,
} from '../hold-delivery.ts';
import { makeAnnounced } from '../make-announced.ts';
import { answerForMissing, type MissingPorts } from '../missing-record.ts';
import type { OutboundPorts } from '../ports.ts';
import { acknowledge, type QueueAnswer } from '../queue-answer.ts';
import { sendTaskAfter } from '../send-task-after.ts';
import { acquirePermit } from './acquire-permit.ts';
import type { Acquisition, LimiterPorts, Permit } from './acquire-slot.ts';
import type { Invocation } from './attempt.ts';
import { whyClaimFailed } from './claim.ts';
import { unseenFor } from './endpoint-memory.ts';
import { endpointOfTask } from './endpoint-of-task.ts';
import { knownEndpoint, knownLimiter } from './known-endpoint.ts';
import { deadlineForSlot, isNearDeadline, nearDeadline } from './past-deadline.ts';

export type AdmitPorts = HoldPorts &
  CountHeldPorts &
  LimiterPorts &
  MissingPorts &
  Pick<OutboundPorts<'DeliveriesDeferred' | 'LimitWaitTime'>, 'telemetry'>;

/** Where a delivery goes, and with which settings. */
export interface ResolvedDestination {
  /** Undefined for the URL on the delivery. */
  readonly endpoint?: Endpoint;
  /** The stack's settings, overridden by the endpoint's own. */
  readonly settings: OutboundSettings;
}

/** What is decided before the claim. */
export type Admission =
  | { readonly kind: 'admitted'; readonly destination: ResolvedDestination; readonly permit: Permit }
  | { readonly kind: 'answered'; readonly queueAnswer: QueueAnswer };

/** How much longer than the attempt's deadline a slot is held, in ms. The record is written in that time. */
const margin = 6_000;

/** Decides whether a task may make its attempt now: its endpoint exists, is enabled, and has a free slot. */
export async function admit(
  task: DeliveryTask,
  invocation: Invocation,
  settings: OutboundSettings,
  ports: AdmitPorts,
): Promise<Admission> {
  const known = (asked: DeliveryTask) => knownEndpoint(asked, invocation, ports);
  const found = await endpointOfTask(task, known, settings.deliveryRetention, ports);
  if (found.kind === 'answered') return found;
  const { endpoint } = found;
  if (endpoint?.status === 'disabled') {
    if (task.byHand === 'test') {
      const seen = { ...task, id: task.deliveryId };
      const discarded = await discardDelivery(seen, testNotHeldReason, settings.deliveryRetention, ports);
      return answerWith(discarded ?? (await answerForMissing(task, ports)));
    }
    await makeAnnounced(task, settings.deliveryRetention, ports);
    return answerWith(await holdDelivery(task, settings.deliveryRetention, ports));
  }
  if (invocation.queue === 'delivery' && (await goesToSideline(task, ports))) {
    await ports.sendTask(sidelined(task));
    return answerWith(acknowledge);
  }
  const own = settingsFor(settings, endpoint);
  const holdFor = millis(own.attemptTimeout + margin);
  const limits = limitsOf(own, endpoint, holdFor);
  const askedAt = ports.now();
  const { tenant, endpointId, byHand } = task;
  const isByHand = byHand !== undefined;
  const of = { tenant, endpointId, isRegistered: !task.isDirect };
  const request = { limiterKey: endpointHash(task), of, batch: invocation, limits, holdFor, isByHand };
  const acquired = await acquirePermit(request, ports);
  if (acquired.kind === 'acquired')
    return { kind: 'admitted', destination: { endpoint, settings: own }, permit: acquired.permit };
  await makeAnnounced(task, settings.deliveryRetention, ports);
  return answerWith(await deferTask(task, acquired, askedAt, ports));
}

/**
 * Whether a task of the delivery queue belongs to the sideline queue. Only sends it there: its record stays as it is.
 *
 * A worker of the sideline queue sends none back, or two workers with different knowledge could pass a task to and fro. A
 * request by hand does not wait behind the tasks of an endpoint that is down.
 */
async function goesToSideline(task: DeliveryTask, ports: AdmitPorts): Promise<boolean> {
  const limiterKey = endpointHash(task);
  const state = await knownLimiter(limiterKey, ports.memoryOf(limiterKey), ports);
  return isSidelined(state) && (task.byHand === undefined || state.openUntil === undefined);
}

/** The limits of an endpoint. Without any, a success of a request that began before a failure may be unknown: it gets its time. */
function limitsOf(own: OutboundSettings, endpoint: Endpoint | undefined, holdFor: Millis): EndpointLimits {
  const { maxConcurrent: concurrent, breakAfter, disableAfter } = own;
  const perSecond = endpoint?.maxPerSecond;
  const isUnlimited = concurrent === undefined && perSecond === undefined;
  const unseen = isUnlimited ? Math.ceil((holdFor + unseenFor) / 1000) : 0;
  return { concurrent, perSecond, breakAfter, disableAfter: seconds(disableAfter + unseen) };
}

const answerWith = (queueAnswer: QueueAnswer): Admission => ({ kind: 'answered', queueAnswer });

/**
 * Defers an attempt and sends its task again for then. The sweep sends it if that is later than SQS allows.
 *
 * The record is written first and refuses a second task of the same attempt, so tasks never multiply.
 */
async function deferTask(
  task: DeliveryTask,
  { why, until }: Extract<Acquisition, { kind: 'wait' }>,
  askedAt: UnixMillis,
  ports: AdmitPorts,
): Promise<QueueAnswer> {
  const now = ports.now();
  const delay = seconds(Math.max(1, secondsUntil(until, now)));
  // An unregistered URL cannot be disabled, so its deadline is not extended while the breaker is open: the delivery
  // expires and the next one probes.
  const isForEndpoint = waitsForEndpoint({ why });
  const extend = millis(task.isDirect && isForEndpoint ? 0 : until - now);
  const times = {
    now,
    until,
    dueAt: dueForRetry(until, delay),
    extend,
    // The time at which the limiter was asked, so that a release requested after it includes this delivery.
    waitsSince: askedAt,
    isForEndpoint,
  };
  const { ok, delivery } = await defer(task, times, ports);
  if (delivery === undefined) return answerForMissing(task, ports);
  if (!ok) return answerForRefusedDeferral(delivery, task.attempt, now, delay);
  await sendTaskAfter(delay, task, delivery, ports);
  const { id, eventId, tenant, endpointId } = delivery;
  ports.telemetry.info('delivery.deferred', {
    deliveryId: id,
    eventId,
    tenant,
    endpointId,
    attempt: task.attempt,
    why,
    delaySeconds: delay,
  });
  ports.telemetry.count('DeliveriesDeferred', { why });
  // An endpoint that is failing has its own signals.
  const { known } = ports.memoryOf(endpointHash(task));
  if (!isForEndpoint && known !== undefined && !isFailing(known.state))
    ports.telemetry.seconds('LimitWaitTime', {}, (until - askedAt) / 1000);
  return acknowledge;
}

/** Defers a delivery. Reads one near its deadline first: a wait for a slot, or for us, must not use up its time. */
async function defer(
  { deliveryId, attempt }: DeliveryTask,
  times: Deferral,
  { deliveries }: AdmitPorts,
): Promise<DeliveryWrite> {
  const { now, until, isForEndpoint } = times;
  const write = await deliveries.defer(deliveryId, attempt, { ...times, deadlineAfter: nearDeadline(now) });
  const { ok, delivery } = write;
  if (ok || delivery?.status !== 'pending' || !isNearDeadline(delivery, now)) return write;
  const deadline = deadlineForSlot(delivery, { now, until, isForEndpoint });
  const extend = deadline === undefined ? times.extend : millis(deadline - delivery.deadline);
  return deliveries.defer(deliveryId, attempt, { ...times, extend });
}

/** The deferral was refused: another worker holds the lease, the attempt is recorded, or another task is already deferred. */
function answerForRefusedDeferral(
  delivery: Delivery,
  attempt: number,
  now: UnixMillis,
  delay: Seconds,
): QueueAnswer {
  const isDeferred =
    delivery.status === 'pending' && delivery.leaseUntil === undefined && (delivery.nextAttemptAt ?? 0) > now;
  if (isDeferred) return acknowledge;
  const refused = whyClaimFailed(delivery, attempt, now);
  if (refused.kind === 'busy') return { kind: 'fail', after: refused.wait };
  return refused.kind === 'suspect' ? { kind: 'fail', after: delay } : acknowledge;
}

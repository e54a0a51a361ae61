import type { Deferral, Delivery } from '../../domain/delivery-record.ts';
import type { DeliveryWrite } from '../../domain/delivery-store.ts';
import type { DeliveryTask } from '../../domain/delivery-task.ts';
import { endpointHash } from '../../domain/delivery-task.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { waitsForEndpoint } from '../../domain/limiter.ts';
import type { Slot } from '../../domain/limiter-store.ts';
import { type OutboundSettings, settingsFor } from '../../domain/outbound-settings.ts';
import { dueForRetry } from '../../domain/retry-schedule.ts';
import { millis, type Seconds, seconds, secondsUntil, type UnixMillis } from '../../domain/time.ts';
import {
  type CountHeldPorts,
  discardDelivery,
  type HoldPorts,
  holdDelivery,
  testNotHeldReason,
} from '../hold-delivery.ts';
import { answerForMissing, type MissingPorts } from '../missing-record.ts';
import type { OutboundPorts } from '../ports.ts';
import { acknowledge, type QueueAnswer } from '../queue-answer.ts';
import { sendTaskAfter } from '../send-task-after.ts';
import { type Acquisition, acquireSlot, type LimiterPorts } from './acquire-slot.ts';
import { whyClaimFailed } from './claim.ts';
import { endpointOfTask } from './endpoint-of-task.ts';
import { deadlineForSlot, isNearDeadline, nearDeadline } from './past-deadline.ts';

export type AdmitPorts = HoldPorts &
  CountHeldPorts &
  LimiterPorts &
  MissingPorts &
  Pick<OutboundPorts<'DeliveriesDeferred'>, 'telemetry'>;

/** Where a delivery goes, and with which settings. */
export interface ResolvedDestination {
  /** Undefined for the URL on the delivery. */
  readonly endpoint?: Endpoint;
  /** The stack's settings, overridden by the endpoint's own. */
  readonly settings: OutboundSettings;
}

/** What is decided before the claim. */
export type Admission =
  | { readonly kind: 'admitted'; readonly destination: ResolvedDestination; readonly slot: Slot }
  | { readonly kind: 'answered'; readonly queueAnswer: QueueAnswer };

/** How much longer than the attempt's deadline a slot is held, in ms. The record is written in that time. */
const margin = 6_000;

/** Decides whether a task may make its attempt now: its endpoint exists, is enabled, and has a free slot. */
export async function admit(
  task: DeliveryTask,
  endpointOf: (task: DeliveryTask) => Promise<Endpoint | undefined>,
  settings: OutboundSettings,
  ports: AdmitPorts,
): Promise<Admission> {
  const found = await endpointOfTask(task, endpointOf, settings.deliveryRetention, ports);
  if (found.kind === 'answered') return found;
  const { endpoint } = found;
  if (endpoint?.status === 'disabled') {
    if (task.byHand === 'test') {
      const { deliveryId: id, generation } = task;
      const { deliveryRetention } = settings;
      const discarded = await discardDelivery(
        { id, generation },
        testNotHeldReason,
        deliveryRetention,
        ports,
      );
      return answerWith(discarded ?? (await answerForMissing(task, ports)));
    }
    return answerWith(await holdDelivery(task, settings.deliveryRetention, ports));
  }
  const own = settingsFor(settings, endpoint);
  const holdFor = millis(own.attemptTimeout + margin);
  const limits = {
    concurrent: own.maxConcurrent,
    perSecond: endpoint?.maxPerSecond,
    breakAfter: own.breakAfter,
    disableAfter: own.disableAfter,
  };
  const askedAt = ports.now();
  const { tenant, endpointId, byHand } = task;
  const isByHand = byHand !== undefined;
  const of = { tenant, endpointId, isRegistered: !task.isDirect };
  const request = { limiterKey: endpointHash(task), of, limits, holdFor, isByHand };
  const acquired = await acquireSlot(request, ports);
  return acquired.kind === 'acquired'
    ? { kind: 'admitted', destination: { endpoint, settings: own }, slot: acquired.slot }
    : answerWith(await deferTask(task, acquired, askedAt, ports));
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
    waitsSince: isForEndpoint ? askedAt : undefined,
  };
  const { ok, delivery } = await defer(task, times, isForEndpoint, ports);
  const wasDeferred = ok || isOwnDeferral(delivery, task, until);
  if (delivery === undefined) return answerForMissing(task, ports);
  if (!wasDeferred) return answerForRefusedDeferral(delivery, task.attempt, now, delay);
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
  return acknowledge;
}

/** Whether our own earlier write refused the deferral: its response was lost, and the client repeated it. */
const isOwnDeferral = (
  delivery: Delivery | undefined,
  { attempt }: DeliveryTask,
  until: UnixMillis,
): boolean =>
  // The next attempt of a recorded one may be deferred until the same time.
  delivery?.status === 'pending' && delivery.attempts < attempt && delivery.nextAttemptAt === until;

/** Defers a delivery. Reads one near its deadline first: a wait for a slot, or for us, must not use up its time. */
async function defer(
  { deliveryId, attempt }: DeliveryTask,
  times: Deferral,
  isForEndpoint: boolean,
  { deliveries }: AdmitPorts,
): Promise<DeliveryWrite> {
  const { now, until } = times;
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

import type { Deferral, Delivery } from '../domain/delivery-record.ts';
import type { DeliveryTask } from '../domain/delivery-task.ts';
import { endpointHash, taskMessage } from '../domain/delivery-task.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import { waitsForEndpoint } from '../domain/gate.ts';
import type { OutboundSettings } from '../domain/outbound-settings.ts';
import { dueForRetry, maxQueueDelay } from '../domain/retry-schedule.ts';
import {
  type Millis,
  millis,
  type Seconds,
  seconds,
  secondsUntil,
  toMillis,
  type UnixMillis,
} from '../domain/time.ts';
import { type DeliveryWrite, refusal } from './claim-delivery.ts';
import { endpointOfTask } from './endpoint-of-task.ts';
import { discardDelivery, type HoldPorts, holdDelivery, testsAreNotHeld } from './hold-delivery.ts';
import { type MissingPorts, missing } from './missing-record.ts';
import { type Entry, type GatePorts, type Pass, passGate } from './pass-gate.ts';
import { deadlineForTurn, isNearDeadline, nearDeadline } from './past-deadline.ts';
import { acknowledge, type Settlement } from './settlement.ts';
import type { OutboundTelemetry } from './telemetry.ts';

/** What is decided before the claim needs this of the outside world. */
export interface AdmitPorts extends HoldPorts, GatePorts, MissingPorts {
  readonly telemetry: HoldPorts['telemetry'] &
    GatePorts['telemetry'] &
    MissingPorts['telemetry'] &
    OutboundTelemetry<'DeliveriesDeferred'>;
  readonly deliveries: HoldPorts['deliveries'] & {
    /** Puts an attempt off, if it is not recorded and nobody has a lease. */
    defer(id: string, attempt: number, times: Deferral): Promise<DeliveryWrite>;
  };
}

/** To whom a delivery goes, and how. */
export interface Recipient {
  /** Undefined: to the URL on the delivery. */
  readonly endpoint?: Endpoint;
  /** The stack's, and the endpoint's own where it has them. */
  readonly settings: OutboundSettings;
}

/** What is decided before the claim. */
export type Admission =
  | { readonly kind: 'admitted'; readonly recipient: Recipient; readonly pass: Pass }
  | { readonly kind: 'settled'; readonly settlement: Settlement };

/** A request that hangs is over by then; what it takes beside its deadline is the record. */
const margin = 6_000;

/** Decides whether a task may be carried out now: its endpoint is there and enabled, and has a place. */
export async function admitTask(
  task: DeliveryTask,
  endpointOf: (task: DeliveryTask) => Promise<Endpoint | undefined>,
  settings: OutboundSettings,
  ports: AdmitPorts,
): Promise<Admission> {
  const found = await endpointOfTask(task, endpointOf, settings.deliveryRetention, ports);
  if (found.kind === 'settled') return found;
  const { endpoint } = found;
  if (endpoint?.status === 'disabled') {
    if (task.byHand === 'test') {
      const { deliveryId: id, generation } = task;
      const { deliveryRetention } = settings;
      const discarded = await discardDelivery({ id, generation }, testsAreNotHeld, deliveryRetention, ports);
      return settled(discarded ?? (await missing(task, ports)));
    }
    return settled(await holdDelivery(task, settings.deliveryRetention, ports));
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
  const asker = { gate: endpointHash(task), of, limits, holdFor, isByHand };
  const entry = await passGate(asker, ports);
  return entry.kind === 'passed'
    ? { kind: 'admitted', recipient: { endpoint, settings: own }, pass: entry.pass }
    : settled(await putOff(task, entry, askedAt, ports));
}

const settled = (settlement: Settlement): Admission => ({ kind: 'settled', settlement });

/** The stack's settings, and the endpoint's own where it has them. */
export const settingsFor = (
  settings: OutboundSettings,
  endpoint: Endpoint | undefined,
): OutboundSettings => ({
  ...settings,
  ...(endpoint?.retryDelays && { retryDelays: endpoint.retryDelays.map(seconds) }),
  ...(endpoint?.timeout && {
    attemptTimeout: shorter(toMillis(seconds(endpoint.timeout)), settings.attemptTimeout),
  }),
  ...(endpoint?.maxConcurrent && { maxConcurrent: endpoint.maxConcurrent }),
});

const shorter = (a: Millis, b: Millis): Millis => (a < b ? a : b);

/**
 * Puts an attempt off and sends its task again for then; what is later than SQS can carry is the sweep's to send.
 *
 * The record says so first, and refuses a second task of the same attempt: so tasks never multiply.
 */
async function putOff(
  task: DeliveryTask,
  { why, until }: Extract<Entry, { kind: 'wait' }>,
  askedAt: UnixMillis,
  ports: AdmitPorts,
): Promise<Settlement> {
  const now = ports.now();
  const delay = seconds(Math.max(1, secondsUntil(until, now)));
  // A URL that is down is nobody's to disable: one that probes past its deadline ends, and leaves the next one its turn.
  const isForEndpoint = waitsForEndpoint({ why });
  const extend = millis(task.isDirect && isForEndpoint ? 0 : until - now);
  const times = {
    now,
    until,
    dueAt: dueForRetry(until, delay),
    extend,
    // By the time at which the gate was asked: who finds it well later than that lets this one go.
    waitsSince: isForEndpoint ? askedAt : undefined,
  };
  const { ok, delivery } = await defer(task, times, isForEndpoint, ports);
  // Refused by our own write, whose answer was lost.
  const isPutOff = ok || (delivery?.status === 'pending' && delivery.nextAttemptAt === until);
  if (delivery === undefined) return missing(task, ports);
  if (!isPutOff) return whyNot(delivery, task.attempt, now, delay);
  if (delay <= maxQueueDelay) await ports.sendTask(taskMessage(task, delivery, delay));
  const { id, eventId, tenant, endpointId } = delivery;
  ports.telemetry.info('delivery.deferred', {
    ...{ deliveryId: id, eventId, tenant, endpointId, attempt: task.attempt, why, delaySeconds: delay },
  });
  ports.telemetry.count('DeliveriesDeferred', { why });
  return acknowledge;
}

/** One that is near its deadline is looked at first: to wait its turn, or for us, must not use up its time. */
async function defer(
  { deliveryId, attempt }: DeliveryTask,
  times: Deferral,
  isForEndpoint: boolean,
  { deliveries }: AdmitPorts,
): Promise<DeliveryWrite> {
  const { now, until } = times;
  const write = await deliveries.defer(deliveryId, attempt, { ...times, deadlineAfter: nearDeadline(now) });
  const { ok, delivery } = write;
  if (ok || delivery === undefined || !isNearDeadline(delivery, now)) return write;
  const deadline = deadlineForTurn(delivery, { now, until, isForEndpoint });
  const extend = deadline === undefined ? times.extend : millis(deadline - delivery.deadline);
  return deliveries.defer(deliveryId, attempt, { ...times, extend });
}

/** Somebody works on it, it is recorded, or another task of the attempt is put off already. */
function whyNot(delivery: Delivery, attempt: number, now: UnixMillis, delay: Seconds): Settlement {
  if (delivery.leaseUntil === undefined && (delivery.nextAttemptAt ?? 0) > now) return acknowledge;
  const refused = refusal(delivery, attempt, now);
  if (refused.kind === 'busy') return { kind: 'fail', after: refused.wait };
  return refused.kind === 'suspect' ? { kind: 'fail', after: delay } : acknowledge;
}

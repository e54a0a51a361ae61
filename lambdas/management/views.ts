import type * as v from 'valibot';
import { type Delivery, nextAttemptAtOf } from '../domain/delivery-record.ts';
import type { WaitCount } from '../domain/delivery-store.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import type { EndpointWait } from '../domain/endpoint-wait.ts';
import { breakerOf, type LimiterState } from '../domain/limiter.ts';
import { toIsoInstant, type UnixMillis } from '../domain/time.ts';
import type { BreakerView, DeliveryDetail, DeliveryView, EndpointView, WaitingView } from './schemas.ts';

const instant = (at: UnixMillis | undefined): string | undefined =>
  at === undefined ? undefined : toIsoInstant(at);

/** An endpoint as the API shows it: without secrets, and with only the names of its headers. */
export function endpointView(endpoint: Endpoint): v.InferOutput<typeof EndpointView> {
  const {
    attentionAt: _,
    heldEmptyAt: __,
    generation: ___,
    disabled,
    secrets,
    createdAt,
    updatedAt,
    ...rest
  } = endpoint;
  return {
    ...rest,
    eventTypes: [...rest.eventTypes],
    headers: Object.keys(rest.headers).sort(),
    retryDelays: rest.retryDelays && [...rest.retryDelays],
    disabled: disabled && {
      reason: disabled.reason,
      at: toIsoInstant(disabled.at),
      ...(disabled.by && {
        deliveryId: disabled.by.deliveryId,
        eventId: disabled.by.eventId,
        eventType: disabled.by.eventType,
        lastAttempt: { number: disabled.by.attempt, outcome: disabled.by.outcome },
      }),
    },
    secrets: secrets.map((secret) => ({
      kind: secret.kind,
      createdAt: toIsoInstant(secret.createdAt),
      endsAt: instant(secret.endsAt),
    })),
    createdAt: toIsoInstant(createdAt),
    updatedAt: toIsoInstant(updatedAt),
  };
}

/** The breaker of an endpoint, and how many of its deliveries wait. */
export function breakerView(
  limiterState: LimiterState,
  { count, isExact }: WaitCount,
  now: UnixMillis,
): v.InferOutput<typeof BreakerView> {
  const { state, failures, ...times } = breakerOf(limiterState, now);
  return {
    state,
    failures,
    since: instant(times.since),
    nextProbeAt: instant(times.nextProbeAt),
    retryAfter: instant(times.retryAfter),
    failingSince: instant(times.failingSince),
    waiting: { count, isExact },
  };
}

/** How many deliveries of an endpoint wait, and since when. */
export const waitCountView = ({ count, isExact, since }: WaitCount) => ({
  count,
  isExact,
  since: instant(since),
});

/** The pending deliveries of an endpoint that wait, and what holds them back. */
export function waitingView(
  waiting: WaitCount,
  { why, until, slots, answerMs, lastPlaceAt }: EndpointWait,
): v.InferOutput<typeof WaitingView> {
  const count = waitCountView(waiting);
  if (waiting.count === 0) return count;
  return {
    ...count,
    why,
    until: instant(until),
    slots,
    responseMs: answerMs,
    lastPlaceAt: instant(lastPlaceAt),
  };
}

/** A delivery without its attempts. */
export function deliveryView(delivery: Delivery): v.InferOutput<typeof DeliveryView> {
  const { id, tenant, endpointId, url, eventId, eventType, status, attempts, round, lastError } = delivery;
  return {
    id,
    tenant,
    endpointId,
    url,
    eventId,
    eventType,
    status,
    attempts,
    round,
    lastError,
    createdAt: toIsoInstant(delivery.createdAt),
    lastAttemptAt: instant(delivery.lastAttemptAt),
    nextAttemptAt: instant(nextAttemptAtOf(delivery)),
  };
}

/** A delivery with its attempts and the body that is sent. */
export const deliveryDetail = (
  delivery: Delivery,
  body: string | undefined,
): v.InferOutput<typeof DeliveryDetail> => ({
  ...deliveryView(delivery),
  attemptLog: delivery.attemptLog.map(({ n, at, ms, status, error, phase, location, sample }) => ({
    number: n,
    at: toIsoInstant(at),
    durationMs: ms,
    status,
    error,
    phase,
    location,
    sample,
  })),
  body,
});

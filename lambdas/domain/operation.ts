import type { AttemptEntry, Delivery } from './delivery-record.ts';
import type { Endpoint } from './endpoint.ts';
import { serialiseMessage } from './messages.ts';
import { toIsoInstant, type UnixMillis } from './time.ts';

/** Something that people who run webhooks want to be told, as it goes to the operations topic. */
export interface Operation {
  readonly type: 'endpoint.disabled' | 'delivery.exhausted';
  readonly tenant: string;
  /** The message's JSON. */
  readonly body: string;
}

/** A delivery ended without success. */
export function deliveryExhausted(delivery: Delivery, at: UnixMillis): Operation {
  const { id, tenant, endpointId, eventId, eventType, attempts, lastError } = delivery;
  const last = delivery.attemptLog.at(-1);
  return operation('delivery.exhausted', tenant, at, {
    endpointId,
    deliveryId: id,
    event: { id: eventId, type: eventType },
    attempts,
    reason: lastError ?? 'unknown',
    lastAttempt: last && attemptOf(last),
    nextStep: `When the endpoint is well: hookline deliveries retry ${id}, or hookline recover for all that failed.`,
  });
}

/** An endpoint gets nothing any more until somebody enables it. */
export function endpointDisabled({ tenant, id, disabled, url }: Endpoint, at: UnixMillis): Operation {
  const { reason = 'manual', by } = disabled ?? {};
  return operation('endpoint.disabled', tenant, at, {
    endpointId: id,
    host: URL.parse(url)?.host,
    reason,
    disabledAt: toIsoInstant(disabled?.at ?? at),
    event: by && { id: by.eventId, type: by.eventType },
    deliveryId: by?.deliveryId,
    lastAttempt: by && { number: by.attempt, outcome: by.outcome },
    nextStep: `Its deliveries are held for 30 days. When it is well: hookline endpoints enable ${tenant} ${id} releases them.`,
  });
}

const operation = (type: Operation['type'], tenant: string, at: UnixMillis, more: object): Operation => ({
  type,
  tenant,
  body: serialiseMessage({ v: 1, type, at: toIsoInstant(at), tenant, ...more }),
});

const attemptOf = ({ n, at, ms, status, error }: AttemptEntry) => ({
  number: n,
  at: toIsoInstant(at),
  durationMs: ms,
  status,
  error,
});

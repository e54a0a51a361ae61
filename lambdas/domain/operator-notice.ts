import { deadLetterQueueOf } from './delivery-failure.ts';
import type { Endpoint } from './endpoint.ts';
import type { EndedDelivery, FailureTally } from './failure-tally.ts';
import type { TenantId } from './ids.ts';
import { serialiseMessage } from './messages.ts';
import { toIsoInstant, type UnixMillis } from './time.ts';

/** A message to the operations topic, for the people who run the stack. */
export interface OperatorNotice {
  readonly type: 'endpoint.disabled' | 'delivery.exhausted';
  readonly tenant: TenantId;
  /** The message as JSON. */
  readonly body: string;
}

/**
 * Makes the notice that deliveries of an endpoint ended without success: how many since the last notice, and the
 * latest.
 */
export function deliveryExhausted({ count, since, last }: FailureTally, at: UnixMillis): OperatorNotice {
  const { tenant, endpointId, deliveryId, eventId, eventType, attempts, reason, cause, host } = last;
  return operatorNotice('delivery.exhausted', tenant, at, {
    endpointId,
    host,
    count,
    since: toIsoInstant(since),
    deliveryId,
    event: { id: eventId, type: eventType },
    attempts,
    reason,
    cause,
    lastAttempt: last.lastAttempt && attemptOf(last.lastAttempt),
    nextStep: nextStepFor(last),
  });
}

function nextStepFor({ tenant, endpointId, deliveryId, cause }: EndedDelivery): string {
  const filters = `${tenant === '' ? '' : `--tenant ${tenant} `}--endpoint ${endpointId}`;
  const queue = deadLetterQueueOf(cause);
  const when = queue === 'undelivered' ? 'When the endpoint works again' : 'When the cause is fixed';
  return `${when}: hookline deliveries retry ${deliveryId}, or hookline dlq redrive ${queue} ${filters} for all of them.`;
}

/** Makes the notice that an endpoint was disabled and gets nothing until it is enabled. */
export function endpointDisabled({ tenant, id, disabled, url }: Endpoint, at: UnixMillis): OperatorNotice {
  const { reason = 'manual', by } = disabled ?? {};
  return operatorNotice('endpoint.disabled', tenant, at, {
    endpointId: id,
    host: URL.parse(url)?.host,
    reason,
    disabledAt: toIsoInstant(disabled?.at ?? at),
    event: by && { id: by.eventId, type: by.eventType },
    deliveryId: by?.deliveryId,
    lastAttempt: by && { number: by.attempt, outcome: by.outcome },
    nextStep: `Its deliveries are held for 30 days. When the endpoint works again: hookline endpoints enable ${tenant} ${id} releases them.`,
  });
}

const operatorNotice = (
  type: OperatorNotice['type'],
  tenant: TenantId,
  at: UnixMillis,
  more: object,
): OperatorNotice => ({
  type,
  tenant,
  body: serialiseMessage({ v: 1, type, at: toIsoInstant(at), tenant, ...more }),
});

const attemptOf = ({ n, at, ms, status, error }: NonNullable<EndedDelivery['lastAttempt']>) => ({
  number: n,
  at: toIsoInstant(at),
  durationMs: ms,
  status,
  error,
});

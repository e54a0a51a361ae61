import { deadLetterQueueOf } from './delivery-failure.ts';
import type { Endpoint } from './endpoint.ts';
import type { EndedDelivery, FailureTally } from './failure-tally.ts';
import { serialiseMessage } from './messages.ts';
import { toIsoInstant, type UnixMillis } from './time.ts';

/** Something that people who run webhooks want to be told, as it goes to the operations topic. */
export interface OperatorNotice {
  readonly type: 'endpoint.disabled' | 'delivery.exhausted';
  readonly tenant: string;
  /** The message's JSON. */
  readonly body: string;
}

/** Deliveries of one endpoint ended without success: how many since this was last told, and the last of them. */
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
  const when = queue === 'undelivered' ? 'When the endpoint is well' : 'When its reason is mended';
  return `${when}: hookline deliveries retry ${deliveryId}, or hookline dlq redrive ${queue} ${filters} for all of them.`;
}

/** An endpoint gets nothing any more until somebody enables it. */
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
    nextStep: `Its deliveries are held for 30 days. When it is well: hookline endpoints enable ${tenant} ${id} releases them.`,
  });
}

const operatorNotice = (
  type: OperatorNotice['type'],
  tenant: string,
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

import type { StandingDelivery } from '../../domain/delivery-manifest.ts';
import { type TaskMessage, taskMessage } from '../../domain/delivery-task.ts';
import { eventExpiry, outboundEventKey } from '../../domain/outbound-event.ts';
import { days, type Seconds, seconds, type UnixMillis, type UnixSeconds } from '../../domain/time.ts';
import type { OutboundPorts } from '../ports.ts';

/** A task that the sweep sends. */
export interface ResentTask {
  readonly kind: 'task';
  readonly task: TaskMessage;
  readonly isNeverAttempted: boolean;
}

/** The task of a delivery whose earlier task may be lost. Logs it. */
export function resend(
  delivery: Omit<StandingDelivery, 'status' | 'leaseUntil' | 'eventExpiresAt' | 'eventKeptFor'>,
  isNeverAttempted: boolean,
  delay: Seconds,
  { telemetry }: Pick<OutboundPorts, 'telemetry'>,
): ResentTask {
  const { id, attempts, eventId, tenant, endpointId, correlationId } = delivery;
  const attempt = attempts + 1;
  const line = isNeverAttempted ? 'delivery.never-attempted' : 'delivery.resent';
  telemetry.warn(line, { deliveryId: id, eventId, tenant, endpointId, correlationId, attempt });
  return { kind: 'task', task: taskMessage({ deliveryId: id, attempt }, delivery, delay), isNeverAttempted };
}

/** How much longer than its deliveries an event is kept. */
const eventMargin = days(2);

/** Keeps the event of an unfinished delivery, which does not expire however long it takes. @returns when the event may expire */
export async function keepEvent(
  delivery: Pick<StandingDelivery, 'tenant' | 'eventId' | 'eventExpiresAt' | 'eventKeptFor'>,
  now: UnixMillis,
  retention: Seconds,
  { events }: Pick<OutboundPorts, 'events'>,
): Promise<UnixSeconds> {
  const { tenant, eventId, eventExpiresAt, eventKeptFor } = delivery;
  if (eventExpiresAt > eventExpiry(now, seconds(retention + eventMargin))) return eventExpiresAt;
  const until = eventExpiry(now, eventKeptFor);
  await events.keep(outboundEventKey(tenant, eventId), until, now);
  return until;
}

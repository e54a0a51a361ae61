import type { DeliveryFacts } from '../domain/delivery-record.ts';
import { eventOutlives, outboundEventKey } from '../domain/outbound-event.ts';
import { type UnixSeconds, unixSeconds } from '../domain/time.ts';
import type { OutboundPorts } from './ports.ts';

/**
 * Keeps the event of a delivery that ends for as long as its record, which can be replayed until it expires.
 *
 * Comes before the record, so that no record outlives its event. Most deliveries succeed at once, and their event needs nothing.
 */
export async function keepEventUntil(
  expiresAt: UnixSeconds,
  { tenant, eventId, eventExpiresAt }: Pick<DeliveryFacts, 'tenant' | 'eventId' | 'eventExpiresAt'>,
  { events, now }: Pick<OutboundPorts, 'events' | 'now'>,
): Promise<void> {
  if (eventExpiresAt >= expiresAt) return;
  await events.keep(outboundEventKey(tenant, eventId), unixSeconds(expiresAt + eventOutlives), now());
}

import type { Delivery } from '../../domain/delivery-record.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { parseExactly } from '../../domain/exact-json.ts';
import type { EndpointId } from '../../domain/ids.ts';
import type { OutboundEvent } from '../../domain/outbound-event.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import { inParts } from '../../domain/parts.ts';
import type { Publication } from '../../domain/publish-message.ts';
import { days, later, seconds, type UnixMillis } from '../../domain/time.ts';
import type { OutboundPorts } from '../ports.ts';
import {
  existedAt,
  type FanOutPorts,
  fanOut,
  matchingAt,
  recheckNewlyHeld,
  startOf,
  writesAtOnce,
} from './fan-out.ts';
import type { PublishResult } from './publish-one.ts';
import {
  announceDelivery,
  type DeliveryOrigin,
  originOf,
  type RecordedDelivery,
  type RecordedEvent,
  recordEvent,
} from './record-event.ts';
import type { Start } from './start-deliveries.ts';
import type { FindSubscribers } from './subscribers.ts';

export type PublishToTenantPorts = FanOutPorts &
  Pick<OutboundPorts, 'readPayload'> & { readonly findSubscribers: FindSubscribers };

/** The most endpoints that an event names; with more, a mark on the event costs less than the list. */
const maxListed = 100;

/**
 * Publishes to all endpoints of a tenant that take the event.
 *
 * Finds them first, so that the event itself names them, in the write that creates it: then no mark has to say that the
 * fan-out is complete. The event's time is from before the read, so no endpoint that existed then is missing in it. The first
 * list stays: a publication that is repeated creates what is missing of it.
 */
export async function publishToTenant(
  publication: Publication,
  correlationId: string,
  settings: OutboundSettings,
  ports: PublishToTenantPorts,
): Promise<PublishResult> {
  const now = ports.now();
  const { tenant, type, data } = publication;
  const seen = await ports.findSubscribers(tenant, type);
  const list = listOf(seen, { eventType: type, createdAt: now }, data);
  const recorded = await recordEvent(publication, settings, now, ports, list);
  const { isConflict, isNew } = recorded;
  const event = recorded.event.isWide ? recorded.event : await widen(recorded, publication, seen, ports);
  if (event === undefined || isComplete(event, now, settings))
    return { kind: 'recorded', status: 'repeated', isConflict, deliveries: [] };
  const origin = originOf(publication, correlationId, { event, isNew });
  const made =
    event.endpoints === undefined
      ? await fanOut({ origin, data: await dataOf(publication, recorded, ports), settings, ports })
      : await deliverToListed(event.endpoints, seen ?? [], origin, settings, ports);
  if (made === 'split') return { kind: 'recorded', status: 'split', isConflict, deliveries: [] };
  const deliveries = made.deliveries.map(({ id }) => id);
  const status = deliveries.length > 0 ? 'published' : isNew ? 'unmatched' : 'repeated';
  return { kind: 'recorded', status, isConflict, deliveries, start: made.start };
}

/** The endpoints that an event names; undefined when they are too many, or not all known. */
function listOf(
  seen: readonly Endpoint[] | undefined,
  event: Pick<OutboundEvent, 'eventType' | 'createdAt'>,
  data: unknown,
): readonly EndpointId[] | undefined {
  const matching = seen && matchingAt(seen, event, data);
  return matching && matching.length <= maxListed ? matching.map(({ id }) => id) : undefined;
}

/** Makes an event that was for single endpoints one for the tenant. */
async function widen(
  recorded: RecordedEvent,
  publication: Publication,
  seen: readonly Endpoint[] | undefined,
  ports: PublishToTenantPorts,
): Promise<OutboundEvent | undefined> {
  const { event } = recorded;
  return ports.events.widen(event.id, listOf(seen, event, await dataOf(publication, recorded, ports)));
}

/** Longer than any message waits on the publish queue and its DLQ. */
const longestQueued = days(30);

/**
 * Whether an event needs nothing more: it is marked, or so old that deliveries of its list may have ended and expired, and would
 * be made a second time.
 */
const isComplete = (
  { fannedOutAt, endpoints, createdAt }: OutboundEvent,
  now: UnixMillis,
  { deliveryRetention }: OutboundSettings,
): boolean =>
  fannedOutAt !== undefined ||
  (endpoints !== undefined && later(createdAt, seconds(Math.max(deliveryRetention, longestQueued))) <= now);

/** The first body wins, and decides which filters match. */
const dataOf = async (
  { data }: Publication,
  { event, isConflict }: RecordedEvent,
  ports: PublishToTenantPorts,
): Promise<unknown> => (isConflict ? sentData(event.id, ports) : data);

/** The data of an event as they are sent. */
export async function sentData(
  eventKey: string,
  ports: Pick<OutboundPorts, 'readPayload'>,
): Promise<unknown> {
  const body = await ports.readPayload(eventKey);
  const parsed = body === undefined ? undefined : parseExactly(body);
  return typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'data') : undefined;
}

/** Gives the endpoints that an event names their deliveries, as far as they exist. */
async function deliverToListed(
  list: readonly EndpointId[],
  seen: readonly Endpoint[],
  origin: DeliveryOrigin,
  settings: OutboundSettings,
  ports: PublishToTenantPorts,
): Promise<{ readonly deliveries: readonly Delivery[]; readonly start: Start }> {
  const known = new Map(seen.map((endpoint) => [endpoint.id, endpoint]));
  const recorded: RecordedDelivery[] = [];
  for (const ids of inParts(list, writesAtOnce)) {
    const some = ids.map((id) => deliverToOne(id, known.get(id), origin, settings, ports));
    recorded.push(...(await Promise.all(some)).filter((one) => one !== undefined));
  }
  await recheckNewlyHeld(recorded, settings, ports);
  const deliveries = recorded.filter(({ isNew }) => isNew).map(({ delivery }) => delivery);
  return { deliveries, start: startOf(recorded, origin.event) };
}

/** @returns undefined when the endpoint was deleted: if it had a delivery, a manifest has that already */
async function deliverToOne(
  id: EndpointId,
  seen: Endpoint | undefined,
  origin: DeliveryOrigin,
  settings: OutboundSettings,
  ports: PublishToTenantPorts,
): Promise<RecordedDelivery | undefined> {
  const { tenant, event } = origin;
  const endpoint = seen ?? (await ports.endpoints.read(tenant, id));
  return endpoint !== undefined && existedAt(endpoint, event.createdAt)
    ? announceDelivery({ endpoint }, origin, settings, ports.now(), ports)
    : undefined;
}

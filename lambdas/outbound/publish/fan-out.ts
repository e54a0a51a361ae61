import { announcementOf } from '../../domain/announced-delivery.ts';
import { maxManifestSize } from '../../domain/delivery-manifest.ts';
import { type Delivery, deliveryId } from '../../domain/delivery-record.ts';
import { type TaskMessage, taskMessage } from '../../domain/delivery-task.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import type { EndpointId, TenantId } from '../../domain/ids.ts';
import type { OutboundEvent } from '../../domain/outbound-event.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import { inParts } from '../../domain/parts.ts';
import { type EndpointRange, rangeMessage, rangeName } from '../../domain/publish-range.ts';
import { wants } from '../../domain/subscription.ts';
import type { UnixMillis } from '../../domain/time.ts';
import { type CountHeldPorts, type HoldPorts, recheckHeld } from '../hold-delivery.ts';
import type { OutboundPorts } from '../ports.ts';
import {
  type DeliveryOrigin,
  type RecordedDelivery,
  type RecordPorts,
  recordDelivery,
} from './record-event.ts';
import { type Start, type StartPorts, startDeliveries } from './start-deliveries.ts';

export type FanOutPorts = RecordPorts &
  HoldPorts &
  CountHeldPorts &
  StartPorts &
  Pick<OutboundPorts, 'sendRanges'>;

/** The part that is the same for all endpoints of an event. */
export interface FanOut {
  readonly origin: DeliveryOrigin;
  /** As published. */
  readonly data: unknown;
  readonly settings: OutboundSettings;
  readonly ports: FanOutPorts;
}

/** The most endpoints that one invocation handles; a larger tenant is split into ranges of this many. */
const rangeSize = 500;
/** Conditional writes that run at once. */
export const writesAtOnce = 25;

/**
 * Gives every subscribed endpoint of a tenant its delivery, for an event that does not name them.
 *
 * Splits a large tenant once, into ranges of its endpoints with one message each, never into a chain.
 *
 * @returns the new deliveries, which need nothing more, or `split` when the messages of the ranges will make them
 */
export async function fanOut({
  origin,
  data,
  settings,
  ports,
}: FanOut): Promise<{ readonly deliveries: readonly Delivery[]; readonly start?: Start } | 'split'> {
  const { event, tenant } = origin;
  if (event.rangesLeft !== undefined) return sendRanges(event.rangesLeft, origin, ports);
  const first = await ports.endpoints.page(tenant, {}, rangeSize);
  if (first.next === undefined) {
    const deliveries = await deliverTo(first.endpoints, { origin, data, settings, ports });
    await ports.events.markFannedOut(event.id, ports.now());
    return { deliveries };
  }
  const ranges = await rangesFrom(first.next, tenant, ports);
  const noted = await ports.events.split(event.id, ranges.map(rangeName));
  return sendRanges(noted?.rangesLeft ?? [], origin, ports);
}

/** The ranges of a tenant's endpoints; each begins after the end of the one before it. */
async function rangesFrom(
  firstEnd: EndpointId,
  tenant: TenantId,
  ports: FanOutPorts,
): Promise<EndpointRange[]> {
  const ranges: EndpointRange[] = [{ upTo: firstEnd }];
  for (let after: EndpointId | undefined = firstEnd; after !== undefined; ) {
    const { next } = await ports.endpoints.page(tenant, { after }, rangeSize);
    ranges.push({ after, upTo: next });
    after = next;
  }
  return ranges;
}

async function sendRanges(
  ranges: readonly string[],
  { tenant, eventId, correlationId }: DeliveryOrigin,
  ports: FanOutPorts,
): Promise<'split'> {
  await ports.sendRanges(
    ranges.map((range) => ({ body: rangeMessage({ tenant, eventId, correlationId, range }) })),
  );
  return 'split';
}

/** Gives one range of a tenant's endpoints their deliveries. The last range marks the event as fanned out. */
export async function fanOutRange(range: EndpointRange, fan: FanOut): Promise<readonly Delivery[]> {
  const { origin, ports } = fan;
  const made: Delivery[] = [];
  let after = range.after;
  do {
    const page = await ports.endpoints.page(origin.tenant, { ...range, after }, rangeSize);
    made.push(...(await deliverTo(page.endpoints, fan)));
    after = page.next;
  } while (after !== undefined);
  const event = await ports.events.rangeDone(origin.event.id, rangeName(range));
  if (event !== undefined && (event.rangesLeft ?? []).length === 0 && event.fannedOutAt === undefined) {
    await ports.events.markFannedOut(event.id, ports.now());
  }
  return made;
}

/**
 * Names the deliveries in manifests, makes them, then sends their tasks.
 *
 * In this order, because a publisher that comes after a crash looks at the endpoints that exist then, so it does not find the
 * deliveries to those that were deleted meanwhile. What is missing in the table, the sweep does not take for done.
 *
 * @returns the new deliveries
 */
async function deliverTo(
  endpoints: readonly Endpoint[],
  { origin, data, settings, ports }: FanOut,
): Promise<readonly Delivery[]> {
  const { event, tenant, eventId } = origin;
  const made: Delivery[] = [];
  for (const some of inParts(matchingAt(endpoints, event, data), maxManifestSize)) {
    const unlisted = some.map(({ id }) => deliveryId(tenant, eventId, id));
    await startDeliveries({ tasks: [], unlisted, announced: [] }, ports);
    const recorded = await recordAll(some, origin, settings, ports);
    await startDeliveries({ ...startOf(recorded, event), unlisted: [] }, ports);
    await recheckNewlyHeld(recorded, settings, ports);
    made.push(...recorded.filter(({ isNew }) => isNew).map(({ delivery }) => delivery));
  }
  return made;
}

/** Records the deliveries of an event to these endpoints. */
async function recordAll(
  endpoints: readonly Endpoint[],
  origin: DeliveryOrigin,
  settings: OutboundSettings,
  ports: FanOutPorts,
): Promise<readonly RecordedDelivery[]> {
  const now = ports.now();
  const recorded: RecordedDelivery[] = [];
  for (const some of inParts(endpoints, writesAtOnce)) {
    const writes = some.map((endpoint) => recordDelivery({ endpoint }, origin, settings, now, ports));
    recorded.push(...(await Promise.all(writes)));
  }
  return recorded;
}

/** The endpoints that existed when an event was made, and take it. */
export const matchingAt = (
  endpoints: readonly Endpoint[],
  { createdAt, eventType }: Pick<OutboundEvent, 'createdAt' | 'eventType'>,
  data: unknown,
): readonly Endpoint[] =>
  endpoints.filter((endpoint) => existedAt(endpoint, createdAt) && wants(endpoint, eventType, data));

/** Fan-out covers the endpoints that existed when the event was made. */
export const existedAt = ({ createdAt }: Endpoint, at: UnixMillis): boolean => createdAt <= at;

/** Checks the endpoint again after writing `held`: it may have been enabled in between. */
export async function recheckNewlyHeld(
  recorded: readonly RecordedDelivery[],
  { deliveryRetention }: OutboundSettings,
  ports: HoldPorts & CountHeldPorts,
): Promise<void> {
  const held = recorded.flatMap(({ delivery, isNew }) =>
    delivery.status === 'held' ? [{ delivery, isNew }] : [],
  );
  const count = held.filter(({ isNew }) => isNew).length;
  if (count > 0) ports.telemetry.count('DeliveriesHeld', {}, count);
  await Promise.all(held.map(({ delivery }) => recheckHeld(delivery, deliveryRetention, ports)));
}

/** What recorded deliveries of an event still need. */
export const startOf = (
  recorded: readonly RecordedDelivery[],
  event: OutboundEvent,
  isTest?: boolean,
): Start => ({
  tasks: recorded.filter(({ needsTask }) => needsTask).map((one) => firstTask(one, event, isTest)),
  unlisted: recorded.flatMap(({ delivery, needsManifest, announced }) =>
    needsManifest && announced === undefined ? [delivery.id] : [],
  ),
  announced: recorded.flatMap(({ announced }) => announced ?? []),
});

/** The task of a new delivery. It includes a small payload, and what the record of an announced delivery is made of. */
function firstTask(
  { delivery, announced }: RecordedDelivery,
  event: OutboundEvent,
  isTest = false,
): TaskMessage {
  const payload = 'text' in event.payload ? event.payload.text : undefined;
  const byHand = isTest ? ('test' as const) : undefined;
  const announcement = announced && announcementOf(announced, delivery.correlationId);
  return taskMessage(
    { deliveryId: delivery.id, attempt: 1, announced: announcement, payload, byHand },
    delivery,
  );
}

import type { AnnouncedDelivery } from '../../../lambdas/domain/announced-delivery.ts';
import type { Endpoint } from '../../../lambdas/domain/endpoint.ts';
import { asTenantId } from '../../../lambdas/domain/ids.ts';
import { type OutboundEvent, outboundEventKey } from '../../../lambdas/domain/outbound-event.ts';
import { openRange } from '../../../lambdas/domain/publish-range.ts';
import { wants } from '../../../lambdas/domain/subscription.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';

type World = Pick<
  ReturnType<typeof outboundWorld>,
  'table' | 'events' | 'endpoints' | 'manifests' | 'payloads' | 'publishQueue'
>;

/** Whether a message of the publish queue may be deleted: every endpoint has its delivery, or a manifest announces it, or another message does. */
export function isPublished(text: string, world: World): boolean {
  const { id, eventId = id, endpoint, tenant } = JSON.parse(text);
  const has = (endpointId: string) =>
    [...world.table.deliveries.values(), ...announcedIn(world)].some(
      (one) => one.eventId === eventId && one.endpointId === endpointId,
    );
  if (endpoint !== undefined) return has(endpoint.id);
  const event = world.events.events.get(outboundEventKey(asTenantId(tenant), eventId));
  if (event === undefined) return false;
  const { rangesLeft = [] } = event;
  if (rangesLeft.length > 0) return rangesLeft.every((range) => isQueued(range, eventId, world));
  const all = [...world.endpoints.endpoints.values()].filter((other) => other.tenant === tenant);
  return all.filter((other) => isWanted(event, other, world)).every((other) => has(other.id));
}

/** The deliveries that manifests announce, made or not. */
export const announcedIn = ({ manifests }: Pick<World, 'manifests'>): readonly AnnouncedDelivery[] =>
  [...manifests.manifests.values()].flatMap(({ announced }) => announced);

const isQueued = (range: string, eventId: string, { publishQueue }: World): boolean =>
  publishQueue.contents().some((text) => {
    const message = openRange(text);
    return message?.range === range && message.eventId === eventId;
  });

/** Whether an endpoint gets an event, by what the event has in the table: the first body that was published. */
export function isWanted(
  event: OutboundEvent,
  endpoint: Endpoint,
  { payloads }: Pick<World, 'payloads'>,
): boolean {
  const { payload, eventType, createdAt } = event;
  const stored = 's3Key' in payload ? Buffer.from(payloads.get(payload.s3Key) ?? []).toString() : '';
  const body = 'text' in payload ? payload.text : stored;
  return endpoint.createdAt <= createdAt && wants(endpoint, eventType, JSON.parse(body).data);
}

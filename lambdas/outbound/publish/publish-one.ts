import { needsManifest } from '../../domain/delivery-manifest.ts';
import { deliveryId } from '../../domain/delivery-record.ts';
import { generationOf } from '../../domain/endpoint-generation.ts';
import type { DeliveryId } from '../../domain/ids.ts';
import { outboundEventKey } from '../../domain/outbound-event.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import type { Publication } from '../../domain/publish-message.ts';
import { type RangeMessage, rangeOf } from '../../domain/publish-range.ts';
import type { OutboundPorts } from '../ports.ts';
import type { FindEndpoint } from './endpoints-of-batch.ts';
import { type FanOut, fanOutRange, recheckNewlyHeld, startOf } from './fan-out.ts';
import { type PublishToTenantPorts, publishToTenant, sentData } from './publish-to-tenant.ts';
import { announceDelivery, type Destination, originOf, recordEvent } from './record-event.ts';
import type { Start } from './start-deliveries.ts';

export type PublishOnePorts = PublishToTenantPorts &
  Pick<OutboundPorts, 'validatePayload'> & { readonly findEndpoint: FindEndpoint };

/** The result of a publication. */
export type PublishResult =
  | {
      readonly kind: 'recorded';
      readonly status: 'published' | 'repeated' | 'unmatched' | 'split';
      readonly isConflict: boolean;
      readonly deliveries: readonly string[];
      /** What is still to be done before the message may be deleted. */
      readonly start?: Start;
    }
  /** The message can never be published. */
  | { readonly kind: 'unusable'; readonly reason: string };

/** Writes the event, if it does not exist, and announces those of its deliveries that have no record. */
export async function publishOne(
  publication: Publication,
  correlationId: string,
  settings: OutboundSettings,
  ports: PublishOnePorts,
): Promise<PublishResult> {
  const { to, tenant } = publication;
  const refused = await ports.validatePayload(publication.type, publication.data);
  if (refused !== undefined) return unusable(refused);
  if (to.kind === 'tenant') return publishToTenant(publication, correlationId, settings, ports);
  const endpoint = tenant === '' ? undefined : await ports.findEndpoint(tenant, to.id);
  if (to.kind === 'url') {
    if (endpoint === undefined)
      return publishToEndpoint(publication, { ...to, endpoint }, correlationId, settings, ports);
    return unusable(
      `endpoint.url: ${to.id} is a registered endpoint of ${tenant}, which has its own; leave it out`,
    );
  }
  if (endpoint === undefined)
    return unusable(
      `endpoint.id: ${tenant} has no endpoint ${to.id}; give endpoint.url for a URL that is not registered`,
    );
  if ((to.generation ?? generationOf(endpoint)) !== generationOf(endpoint))
    return unusable(
      `endpoint.id: the endpoint ${to.id} of ${tenant} for which this was published was deleted; another one has its id now`,
    );
  return publishToEndpoint(publication, { endpoint }, correlationId, settings, ports);
}

const unusable = (reason: string): PublishResult => ({ kind: 'unusable', reason });

async function publishToEndpoint(
  publication: Publication,
  destination: Destination,
  correlationId: string,
  settings: OutboundSettings,
  ports: PublishOnePorts,
): Promise<PublishResult> {
  const now = ports.now();
  const recorded = await recordEvent(publication, settings, now, ports);
  const { event } = recorded;
  const origin = originOf(publication, correlationId, recorded);
  const made = await announceDelivery(destination, origin, settings, now, ports);
  await recheckNewlyHeld([made], settings, ports);
  const { delivery, isNew } = made;
  const isElsewhere = destination.endpoint === undefined && delivery.url !== destination.url;
  return {
    kind: 'recorded',
    status: isNew ? 'published' : 'repeated',
    isConflict: recorded.isConflict || isElsewhere,
    deliveries: [delivery.id],
    start: startOf([made], event, publication.isTest),
  };
}

/** Publishes to one range of a large tenant's endpoints. @returns how many deliveries are new; undefined when the event is gone */
export async function publishRange(
  { tenant, eventId, correlationId, range }: RangeMessage,
  settings: OutboundSettings,
  ports: PublishOnePorts,
): Promise<number | undefined> {
  const id = outboundEventKey(tenant, eventId);
  const event = await ports.events.read(id);
  if (event === undefined) return undefined;
  const origin = { tenant, eventId, correlationId, event };
  const fan: FanOut = { origin, data: await sentData(id, ports), settings, ports };
  return (await fanOutRange(rangeOf(range), fan)).length;
}

/**
 * Finds the deliveries of a publication that need a manifest, before it is given up: an earlier try, whose publisher died, may
 * have made them.
 *
 * What was announced, and what belongs to an event that does not name its endpoints, is in a manifest before it is made.
 */
export async function leftBehind(
  { to, tenant, id }: Publication,
  ports: PublishOnePorts,
): Promise<readonly DeliveryId[]> {
  const event = await ports.events.read(outboundEventKey(tenant, id));
  if (event === undefined) return [];
  const endpoints = to.kind === 'tenant' ? (event.endpoints ?? []) : [to.id];
  const found = await Promise.all(
    endpoints.map((endpointId) => ports.deliveries.read(deliveryId(tenant, id, endpointId))),
  );
  return found.flatMap((one) => (one !== undefined && needsManifest(one) ? [one.id] : []));
}

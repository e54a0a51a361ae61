import { type Delivery, deliveryId } from '../../domain/delivery-record.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { generationOf, isForEarlierEndpoint } from '../../domain/endpoint-generation.ts';
import { contentHash, type OutboundEvent, outboundEventKey } from '../../domain/outbound-event.ts';
import type { Publication } from '../../domain/publish-message.ts';
import { wants } from '../../domain/subscription.ts';
import { toUnixSeconds } from '../../domain/time.ts';
import type { OutboundPorts } from '../ports.ts';
import { isUntouched } from './record-event.ts';

/** What is known about a publication before it is on the queue. Other publishers may change it meanwhile. */
export type PublicationPreview =
  | {
      readonly kind: 'sends';
      /** The event exists already, and publishing sends what is still missing. */
      readonly isRepeated: boolean;
      /** The URL of the one endpoint that the event is for. */
      readonly endpoint?: Endpoint;
    }
  /** The event exists already, and every destination has its delivery. */
  | { readonly kind: 'repeated'; readonly reason: string }
  /** The event exists with another body, which stays. */
  | { readonly kind: 'conflict'; readonly reason: string }
  | { readonly kind: 'no-endpoint'; readonly reason: string }
  /** No endpoint of the tenant takes the event. */
  | { readonly kind: 'unmatched'; readonly reason: string };

export type PreviewPorts = Pick<OutboundPorts, 'now' | 'events' | 'deliveries' | 'endpoints'>;

/** The most endpoints that are read: for a larger tenant it is unknown whether one takes the event. */
const lookedAt = 25;

/**
 * Predicts the result of a publication, with three reads at most.
 *
 * @param isNewId whether the event's id was made just now, so that the event cannot exist
 */
export async function previewPublication(
  publication: Publication,
  isNewId: boolean,
  ports: PreviewPorts,
): Promise<PublicationPreview> {
  const { to, tenant, id } = publication;
  const endpoint =
    to.kind === 'tenant' || tenant === '' ? undefined : await ports.endpoints.read(tenant, to.id);
  if (to.kind === 'endpoint' && endpoint === undefined)
    return { kind: 'no-endpoint', reason: `${tenant} has no endpoint ${to.id}` };
  if (to.kind === 'url' && endpoint !== undefined)
    return {
      kind: 'conflict',
      reason: `${to.id} is a registered endpoint of ${tenant}, which has its own URL`,
    };
  const event = isNewId ? undefined : await ports.events.read(outboundEventKey(tenant, id));
  if (event !== undefined && event.expiresAt > toUnixSeconds(ports.now()))
    return previewRepeat(publication, event, endpoint, ports);
  if (to.kind === 'tenant') return previewMatch(publication, ports);
  return { kind: 'sends', isRepeated: false, endpoint };
}

async function previewRepeat(
  publication: Publication,
  event: OutboundEvent,
  endpoint: Endpoint | undefined,
  ports: PreviewPorts,
): Promise<PublicationPreview> {
  const { to, tenant, id } = publication;
  if (event.contentHash !== contentHash(publication)) {
    const reason = `the event ${id} is there already with another type or other data, which stay: publish this under another id`;
    return { kind: 'conflict', reason };
  }
  const sends: PublicationPreview = { kind: 'sends', isRepeated: true, endpoint };
  if (to.kind === 'tenant') {
    if (!event.isWide || !(await isFannedOut(publication, event, ports))) return sends;
    const reason = `the event ${id} is published already to all endpoints that ${tenant} had for it`;
    return { kind: 'repeated', reason };
  }
  const delivery = await ports.deliveries.read(deliveryId(tenant, id, to.id));
  if (delivery === undefined || isUntouched(delivery)) return sends;
  if (to.kind === 'url' && delivery.url !== to.url)
    return { kind: 'conflict', reason: `the event ${id} went to another URL under the name ${to.id}` };
  return { kind: 'repeated', reason: repeatReason(delivery, endpoint) };
}

/** Whether every endpoint that an event for a tenant is for has its delivery, and its task was sent. */
async function isFannedOut(
  { tenant, id }: Publication,
  { endpoints, fannedOutAt }: OutboundEvent,
  { deliveries }: PreviewPorts,
): Promise<boolean> {
  if (endpoints === undefined) return fannedOutAt !== undefined;
  const ids = endpoints.map((endpointId) => deliveryId(tenant, id, endpointId));
  // A malformed one counts as missing: its error is logged when the event is published.
  const made = await deliveries.readAll(ids, () => undefined);
  return made.length === endpoints.length && !made.some(isUntouched);
}

function repeatReason(delivery: Delivery, endpoint: Endpoint | undefined): string {
  const { id, eventId, endpointId, status } = delivery;
  if (endpoint !== undefined && isForEarlierEndpoint(delivery, endpoint))
    return `the event ${eventId} was published for an earlier endpoint ${endpointId}, which was deleted: retry its delivery ${id} with --to-current-endpoint ("toCurrentEndpoint": true)`;
  return `the event ${eventId} has a delivery to ${endpointId} already, which is ${status}: retry ${id} to send it once more`;
}

async function previewMatch(
  { tenant, type, data }: Publication,
  ports: PreviewPorts,
): Promise<PublicationPreview> {
  const { endpoints, next } = await ports.endpoints.page(tenant, {}, lookedAt);
  if (next !== undefined || endpoints.some((endpoint) => wants(endpoint, type, data)))
    return { kind: 'sends', isRepeated: false };
  const reason =
    endpoints.length === 0
      ? `${tenant} has no endpoint`
      : `no endpoint of ${tenant} takes ${type} with this data (there are ${endpoints.length})`;
  return { kind: 'unmatched', reason };
}

/** The endpoint of a publish message: only the one that exists at the time of publishing gets the event. */
export const addressOfEndpoint = (endpoint: Endpoint) => ({
  id: endpoint.id,
  generation: generationOf(endpoint),
});

import type { DeliveryFacts } from '../domain/delivery-record.ts';
import { generationOf, isForEarlierEndpoint } from '../domain/endpoint-generation.ts';
import type { OutboundPorts } from './ports.ts';

/** Why a delivery cannot be sent again. */
export type RefusalCause =
  | 'no-delivery'
  | 'unfinished'
  | 'past-retention'
  | 'endpoint-deleted'
  /** Its endpoint was deleted, and another one has its id. */
  | 'earlier-endpoint'
  | 'changed-meanwhile';

/** The destination of a delivery that is sent again. */
export type ReplayRoute =
  | {
      readonly kind: 'open';
      /** The endpoint's generation; undefined for a URL that is not registered. */
      readonly generation?: string;
      /** The endpoint is disabled, so the delivery is held. */
      readonly isHeld: boolean;
    }
  | { readonly kind: 'closed'; readonly cause: RefusalCause; readonly reason: string };

/** How a delivery is sent again. */
export interface ReplayOptions {
  /** Send to the endpoint that has the id now, if the one that the delivery was for is deleted. */
  readonly toCurrentEndpoint?: boolean;
  /** A replay by hand goes now, even if the breaker is open; one of a job waits for a slot. @default 'hand' */
  readonly by?: 'hand' | 'job';
}

export type RoutePorts = Pick<OutboundPorts, 'endpoints'>;

/** Whether a delivery can be sent again: its endpoint exists, and is the one that it was for. */
export async function replayRoute(
  delivery: DeliveryFacts,
  { toCurrentEndpoint = false }: ReplayOptions,
  ports: RoutePorts,
): Promise<ReplayRoute> {
  if (delivery.url !== undefined) return { kind: 'open', isHeld: false };
  const { tenant, endpointId } = delivery;
  const endpoint = await ports.endpoints.read(tenant, endpointId);
  if (endpoint === undefined) {
    const reason = `the endpoint ${endpointId} of ${tenant} was deleted, so ${delivery.id} would go nowhere; register an endpoint under that id, then send it there with ${howTo}`;
    return { kind: 'closed', cause: 'endpoint-deleted', reason };
  }
  if (isForEarlierEndpoint(delivery, endpoint) && !toCurrentEndpoint) {
    const reason = `${delivery.id} was for an endpoint ${endpointId} of ${tenant} that was deleted; there is another one under that id now: send it there on purpose with ${howTo}`;
    return { kind: 'closed', cause: 'earlier-endpoint', reason };
  }
  return { kind: 'open', generation: generationOf(endpoint), isHeld: endpoint.status === 'disabled' };
}

/** The name of the command line's option and of the API's field. */
const howTo = '--to-current-endpoint ("toCurrentEndpoint": true)';

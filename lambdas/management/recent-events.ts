import { parseExactly } from '../domain/exact-json.ts';
import type { EndpointId, EventId, TenantId } from '../domain/ids.ts';
import { outboundEventKey } from '../domain/outbound-event.ts';
import { AlteredBodyError } from '../domain/stored-body.ts';
import { days, later } from '../domain/time.ts';
import type { OutboundPorts } from '../outbound/ports.ts';
import { beforeInstant, type ListPorts, listDeliveries } from './list-deliveries.ts';

export type RecentPorts = ListPorts & Pick<OutboundPorts, 'now' | 'readPayload' | 'endpoints'>;

/** An event of which an endpoint of the tenant has a delivery. */
export interface RecentEvent {
  readonly eventId: EventId;
  readonly eventType: string;
  /** As published, with every digit of its numbers. */
  readonly data: unknown;
}

/** Events are not indexed by tenant. So the deliveries of a few endpoints and days lead to them. */
const otherEndpoints = 4;
const lookedBack = days(-3);

/** Finds the newest events of a tenant by the deliveries of its endpoints, as many as there is time for. */
export async function recentEvents(
  { tenant, endpointId }: { readonly tenant: TenantId; readonly endpointId: EndpointId },
  limit: number,
  ports: RecentPorts,
): Promise<readonly RecentEvent[]> {
  const { endpoints } = await ports.endpoints.page(tenant, {}, otherEndpoints);
  const ids = new Set([endpointId, ...endpoints.map(({ id }) => id)]);
  const now = ports.now();
  const span = { since: later(now, lookedBack), before: beforeInstant(now) };
  const pages = await Promise.all(
    [...ids].map((id) => listDeliveries({ endpoint: { tenant, endpointId: id }, limit, ...span }, ports)),
  );
  const newest = pages.flatMap(({ deliveries }) => deliveries).toSorted((a, b) => b.createdAt - a.createdAt);
  const byEvent = new Map(newest.map(({ eventId, eventType }) => [eventId, eventType]));
  const newestEvents = [...byEvent].slice(0, limit);
  const events = await Promise.all(
    newestEvents.map(async ([eventId, eventType]): Promise<RecentEvent[]> => {
      const body = ports.hasTime() ? await bodyOf(outboundEventKey(tenant, eventId), ports) : undefined;
      return body === undefined
        ? []
        : [{ eventId, eventType, data: Reflect.get(Object(parseExactly(body)), 'data') }];
    }),
  );
  return events.flat();
}

/** @returns undefined when the body has expired, or is not the one that was published: no filter is tested on that */
async function bodyOf(id: string, { readPayload }: RecentPorts): Promise<string | undefined> {
  try {
    return await readPayload(id);
  } catch (error) {
    if (error instanceof AlteredBodyError) return undefined;
    throw error;
  }
}

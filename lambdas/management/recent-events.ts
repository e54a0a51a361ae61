import { parseExactly } from '../domain/exact-json.ts';
import { outboundEventKey } from '../domain/outbound-event.ts';
import type { EndpointRange } from '../domain/publish-range.ts';
import { AlteredBodyError } from '../domain/stored-body.ts';
import { days, later, type UnixMillis } from '../domain/time.ts';
import { beforeInstant, type ListPorts, listDeliveries } from './list-deliveries.ts';

/** What looking for recent events needs of the outside world. */
export interface RecentPorts extends ListPorts {
  now(): UnixMillis;
  readonly events: {
    /** The body that is sent, or undefined when it is gone. */
    payload(id: string): Promise<string | undefined>;
  };
  readonly endpoints: {
    page(
      tenant: string,
      range: EndpointRange,
      limit: number,
    ): Promise<{ readonly endpoints: readonly { readonly id: string }[] }>;
  };
}

/** An event that some endpoint of the tenant was sent. */
export interface RecentEvent {
  readonly eventId: string;
  readonly eventType: string;
  /** As published: numbers are kept digit by digit. */
  readonly data: unknown;
}

/** Events are found by the deliveries of a few endpoints of the tenant, of a few days. */
const otherEndpoints = 4;
const lookedBack = days(-3);

/** The newest events of a tenant, as far as its endpoints were sent them and the time lasts. */
export async function recentEvents(
  { tenant, endpointId }: { readonly tenant: string; readonly endpointId: string },
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
  const newest = pages
    .flatMap(({ deliveries }) => deliveries)
    .toSorted((one, other) => other.createdAt - one.createdAt);
  const byEvent = new Map(newest.map(({ eventId, eventType }) => [eventId, eventType]));
  const some = [...byEvent].slice(0, limit);
  const events = await Promise.all(
    some.map(async ([eventId, eventType]): Promise<RecentEvent[]> => {
      const body = ports.hasTime() ? await bodyOf(outboundEventKey(tenant, eventId), ports) : undefined;
      return body === undefined
        ? []
        : [{ eventId, eventType, data: Reflect.get(Object(parseExactly(body)), 'data') }];
    }),
  );
  return events.flat();
}

/** @returns undefined when it is gone, or is not what was published: nothing is tried on that */
async function bodyOf(id: string, { events }: RecentPorts): Promise<string | undefined> {
  try {
    return await events.payload(id);
  } catch (error) {
    if (error instanceof AlteredBodyError) return undefined;
    throw error;
  }
}

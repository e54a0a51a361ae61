import type { Delivery, DeliveryStatus } from '../domain/delivery-record.ts';
import { listedAt } from '../domain/delivery-record.ts';
import { byEndpointIndex } from '../domain/tables.ts';
import { dayStart, type UnixMillis, unixMillis, utcDay } from '../domain/time.ts';

/** What listing needs of the outside world. */
export interface ListPorts {
  hasTime(): boolean;
  readonly deliveries: {
    /** Of one partition, the newest first. */
    newest(
      endpoint: { readonly tenant: string; readonly endpointId: string },
      place: { readonly day: string; readonly shard: number },
      bounds: { readonly from: string; readonly before: string },
      limit: number,
    ): Promise<readonly string[]>;
    readAll(ids: readonly string[]): Promise<readonly Delivery[]>;
  };
}

/** Which deliveries are wanted. */
export interface Wanted {
  readonly endpoint: { readonly tenant: string; readonly endpointId: string };
  readonly since: UnixMillis;
  readonly status?: DeliveryStatus;
  readonly limit: number;
  /** In the order of the list: everything before this. */
  readonly before: string;
}

/** A page, the newest first; with `next` there may be more. */
export interface Page {
  readonly deliveries: readonly Delivery[];
  readonly next?: string;
}

/** The place before which everything lies that was created until then. */
export const beforeInstant = (until: UnixMillis): string => listedAt({ id: '~', createdAt: until });

/**
 * The newest deliveries of an endpoint.
 *
 * Goes back day by day; a page may be short, or empty, where few are of the wanted status: it ends with its time.
 */
export async function listDeliveries(wanted: Wanted, ports: ListPorts): Promise<Page> {
  if (wanted.before <= fromInstant(wanted.since)) return { deliveries: [] };
  const found: Delivery[] = [];
  let before = wanted.before;
  let day: string | undefined = dayOf(before);
  while (day !== undefined && found.length < wanted.limit) {
    if (!ports.hasTime()) return { deliveries: found, next: before };
    const page = await newestOf(day, before, wanted, ports);
    found.push(...page.filter(({ status }) => wanted.status === undefined || status === wanted.status));
    const last = page.at(-1);
    // A full page may not be all of the day.
    if (last !== undefined && page.length >= wanted.limit) before = listedAt(last);
    else [day, before] = dayBefore(day, wanted.since);
  }
  const deliveries = found.slice(0, wanted.limit);
  const last = deliveries.at(-1);
  const isMore = found.length > deliveries.length || day !== undefined;
  return { deliveries, ...(isMore && last && { next: listedAt(last) }) };
}

const fromInstant = (since: UnixMillis): string => listedAt({ id: '', createdAt: since });

const dayOf = (place: string): string => utcDay(unixMillis(Number(place.split('#')[0])));

function dayBefore(day: string, since: UnixMillis): [string | undefined, string] {
  const end = unixMillis(dayStart(day) - 1);
  return [end < since ? undefined : utcDay(end), beforeInstant(end)];
}

/** Of one day, over its partitions. */
async function newestOf(
  day: string,
  before: string,
  { endpoint, since, limit }: Wanted,
  { deliveries }: ListPorts,
): Promise<readonly Delivery[]> {
  const bounds = { from: fromInstant(since), before };
  const shards = Array.from({ length: byEndpointIndex.shards }, (_, shard) => shard);
  const ids = await Promise.all(
    shards.map((shard) => deliveries.newest(endpoint, { day, shard }, bounds, limit)),
  );
  const read = await deliveries.readAll(ids.flat());
  return read.toSorted((a, b) => (listedAt(a) < listedAt(b) ? 1 : -1)).slice(0, limit);
}

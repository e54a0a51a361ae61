import type { Delivery, DeliveryStatus, ListedDelivery } from '../domain/delivery-record.ts';
import { listedAt } from '../domain/delivery-record.ts';
import type { EndpointId, TenantId } from '../domain/ids.ts';
import { isStopped, type StoppedStatus } from '../domain/stopped-deliveries.ts';
import { byEndpointIndex } from '../domain/tables.ts';
import { dayStart, type UnixMillis, unixMillis, utcDay } from '../domain/time.ts';
import type { OutboundPorts } from '../outbound/ports.ts';
import type { ManagementPorts } from './ports.ts';

export type ListPorts = Pick<OutboundPorts, 'deliveries'> & Pick<ManagementPorts, 'hasTime' | 'telemetry'>;

/** Selects the deliveries of one page. */
export interface ListQuery {
  readonly endpoint: { readonly tenant: TenantId; readonly endpointId: EndpointId };
  readonly since: UnixMillis;
  readonly status?: DeliveryStatus;
  readonly limit: number;
  /** The page holds what sorts before this place. */
  readonly before: string;
}

/** A page, the newest first. `next` is there when more deliveries may follow. */
export interface Page {
  readonly deliveries: readonly Delivery[];
  readonly next?: string;
}

/** The place that everything created up to this instant sorts before. */
export const beforeInstant = (until: UnixMillis): string => listedAt({ id: '~', createdAt: until });

/**
 * Lists the newest deliveries of an endpoint. A malformed delivery is logged, and left out.
 *
 * Those that are held, failed or discarded are read from the index that has only them, so that a page costs what it shows.
 */
export async function listDeliveries(wanted: ListQuery, ports: ListPorts): Promise<Page> {
  if (wanted.before <= fromInstant(wanted.since)) return { deliveries: [] };
  const { status } = wanted;
  return status !== undefined && isStopped(status)
    ? listStopped(wanted, status, ports)
    : listByDay(wanted, ports);
}

async function listStopped(
  { endpoint, since, before, limit }: ListQuery,
  status: StoppedStatus,
  ports: ListPorts,
): Promise<Page> {
  if (!ports.hasTime()) return { deliveries: [], next: before };
  const bounds = { above: fromInstant(since), below: before, order: 'newest first' } as const;
  const { keys, next } = await ports.deliveries.stopped(endpoint, [status], bounds, limit);
  const found = await readAll(keys, endpoint, ports);
  // The index is eventually consistent: one may have been replayed just now.
  const deliveries = found.filter((delivery) => delivery.status === status);
  return { deliveries, ...(next !== undefined && { next }) };
}

/** Reads deliveries, the newest first. */
async function readAll(
  keys: readonly ListedDelivery[],
  endpoint: ListQuery['endpoint'],
  { deliveries, telemetry }: ListPorts,
): Promise<readonly Delivery[]> {
  const found = await deliveries.readAll(
    keys.map(({ id }) => id),
    (error) => telemetry.error('delivery.malformed', endpoint, error),
  );
  return found.toReversed();
}

/**
 * Goes back day by day until the page is full or the time is up. A page may therefore be short, or empty, when few
 * deliveries have the wanted status.
 */
async function listByDay(wanted: ListQuery, ports: ListPorts): Promise<Page> {
  const found: Delivery[] = [];
  let before = wanted.before;
  let day: string | undefined = dayOf(before);
  while (day !== undefined && found.length < wanted.limit) {
    if (!ports.hasTime()) return { deliveries: found, next: before };
    const keys = await newestOf(day, before, wanted, ports);
    const page = await readAll(keys, wanted.endpoint, ports);
    found.push(...page.filter(({ status }) => wanted.status === undefined || status === wanted.status));
    const last = keys.at(-1);
    // After a full page the day may have more.
    if (last !== undefined && keys.length >= wanted.limit) before = last.listedAt;
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

/** The newest keys of one day, merged from its partitions. */
async function newestOf(
  day: string,
  before: string,
  { endpoint, since, limit }: ListQuery,
  { deliveries }: ListPorts,
): Promise<readonly ListedDelivery[]> {
  const bounds = { from: fromInstant(since), before };
  const shards = Array.from({ length: byEndpointIndex.shards }, (_, shard) => shard);
  const keys = await Promise.all(
    shards.map((shard) => deliveries.newest(endpoint, { day, shard }, bounds, limit)),
  );
  return keys
    .flat()
    .sort((a, b) => (a.listedAt < b.listedAt ? 1 : -1))
    .slice(0, limit);
}
